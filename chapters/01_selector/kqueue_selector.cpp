#include "chapters/01_selector/kqueue_selector.hpp"

#ifdef WORKBOOK_HAS_KQUEUE

#include <sys/time.h>

#include <algorithm>
#include <cerrno>
#include <stdexcept>
#include <string>

namespace ch01 {

namespace {

using std::chrono::nanoseconds;
using std::chrono::steady_clock;

timespec to_timespec(nanoseconds timeout) {
  const auto left = std::max(timeout, nanoseconds(0)).count();
  timespec result{};
  result.tv_sec = static_cast<decltype(result.tv_sec)>(left / 1'000'000'000);
  result.tv_nsec = static_cast<decltype(result.tv_nsec)>(left % 1'000'000'000);
  return result;
}

[[noreturn]] void throw_kevent_error(const std::string& change, int fd) {
  common::throw_errno("kevent(" + change + ", fd " + std::to_string(fd) + ")");
}

}  // namespace

KqueueSelector::KqueueSelector() : kqueue_(::kqueue()) {
  if (!kqueue_) common::throw_errno("kqueue()");
}

std::span<const ReadyKey> KqueueSelector::select(Timeout timeout) {
  check_open();
  ready_.clear();
  // Reading and writing are two filters, so a key may have two answers.
  events_.resize(std::max<std::size_t>(2 * keys().size(), 1));
  ready_.reserve(events_.size());
  const std::size_t count = wait(timeout);
  const auto answers = std::span(events_).first(count);
  std::ranges::sort(answers, {}, &kevent::ident);
  for (const struct kevent& event : answers) {
    const auto key = keys().find(static_cast<int>(event.ident));
    if (key == keys().end()) continue;  // unregistered, a copy is still open
    const EventMask events =
        (event.filter == EVFILT_READ ? EVENT_READ : EVENT_WRITE) &
        key->second.events;
    if (events == 0) continue;
    if (!ready_.empty() && ready_.back().key == &key->second) {
      ready_.back().events |= events;
    } else {
      ready_.push_back({&key->second, events});
    }
  }
  return ready_;
}

std::size_t KqueueSelector::wait(Timeout timeout) {
  const auto start = steady_clock::now();
  Timeout left = timeout;
  while (true) {
    const timespec time = to_timespec(left.value_or(nanoseconds(0)));
    const int count =
        ::kevent(kqueue_.get(), nullptr, 0, events_.data(),
                 static_cast<int>(events_.size()), timeout ? &time : nullptr);
    if (count >= 0) return static_cast<std::size_t>(count);
    if (errno != EINTR) common::throw_errno("kevent()");
    // A signal came: wait for the rest of the time.
    if (timeout) left = *timeout - (steady_clock::now() - start);
  }
}

void KqueueSelector::close() {
  Selector::close();
  kqueue_.reset();
}

int KqueueSelector::fileno() const {
  check_open();
  return kqueue_.get();
}

void KqueueSelector::add(int fd, EventMask events) { change(fd, 0, events); }

void KqueueSelector::change(int fd, EventMask before, EventMask after) {
  // New filters first: they may be refused, and are taken back then.
  const EventMask added = after & ~before;
  for (const EventMask filter : {EVENT_READ, EVENT_WRITE}) {
    if ((added & filter) == 0 || control(fd, filter, EV_ADD)) continue;
    const int error = errno;
    remove(fd, added);
    errno = error;
    throw_kevent_error("ADD", fd);
  }
  for (const EventMask filter : {EVENT_READ, EVENT_WRITE}) {
    if ((before & ~after & filter) == 0) continue;
    if (!control(fd, filter, EV_DELETE)) throw_kevent_error("DELETE", fd);
  }
}

void KqueueSelector::remove(int fd, EventMask events) {
  if (closed()) return;
  // The kernel forgets a descriptor that is closed: a refusal does not matter.
  if ((events & EVENT_READ) != 0) control(fd, EVENT_READ, EV_DELETE);
  if ((events & EVENT_WRITE) != 0) control(fd, EVENT_WRITE, EV_DELETE);
}

void KqueueSelector::check_open() const {
  if (closed()) {
    throw std::invalid_argument("I/O operation on closed kqueue object");
  }
}

bool KqueueSelector::control(int fd, EventMask filter, unsigned short flags) {
  struct kevent change{};
  EV_SET(&change, static_cast<uintptr_t>(fd),
         filter == EVENT_READ ? EVFILT_READ : EVFILT_WRITE, flags, 0, 0,
         nullptr);
  return ::kevent(kqueue_.get(), &change, 1, nullptr, 0, nullptr) == 0;
}

}  // namespace ch01

#endif  // WORKBOOK_HAS_KQUEUE
