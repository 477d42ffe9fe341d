#include "chapters/01_selector/epoll_selector.hpp"

#ifdef __linux__

#include <algorithm>
#include <cerrno>
#include <limits>
#include <stdexcept>
#include <string>

namespace ch01 {

namespace {

using std::chrono::ceil;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::steady_clock;

// #region timeout
// The kernel counts in milliseconds. Rounding down would wake too early, find
// nothing to do, and ask again with a timeout of 0 until the time is over.
int to_epoll_timeout(Selector::Timeout timeout) {
  if (!timeout) return -1;
  const auto whole = ceil<milliseconds>(*timeout).count();
  return static_cast<int>(
      std::clamp<decltype(whole)>(whole, 0, std::numeric_limits<int>::max()));
}
// #endregion timeout

unsigned to_epoll_events(EventMask events) {
  return ((events & EVENT_READ) != 0 ? unsigned{EPOLLIN} : 0U) |
         ((events & EVENT_WRITE) != 0 ? unsigned{EPOLLOUT} : 0U);
}

// #region mask
// A hang-up or an error counts as both: the one that waits should go and look.
EventMask from_epoll_events(unsigned events) {
  return ((events & ~unsigned{EPOLLOUT}) != 0 ? EVENT_READ : 0) |
         ((events & ~unsigned{EPOLLIN}) != 0 ? EVENT_WRITE : 0);
}
// #endregion mask

}  // namespace

EpollSelector::EpollSelector() : epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
  if (!epoll_) common::throw_errno("epoll_create1()");
}

std::span<const ReadyKey> EpollSelector::select(Timeout timeout) {
  check_open();
  ready_.clear();
  events_.resize(std::max<std::size_t>(keys().size(), 1));
  ready_.reserve(events_.size());
  // #region answers
  const std::size_t count = wait(timeout);
  for (const epoll_event& event : std::span(events_).first(count)) {
    const auto key = keys().find(event.data.fd);
    if (key == keys().end()) continue;  // unregistered, a copy is still open
    const EventMask events =
        from_epoll_events(event.events) & key->second.events;
    if (events != 0) ready_.push_back({&key->second, events});
  }
  return ready_;
  // #endregion answers
}

std::size_t EpollSelector::wait(Timeout timeout) {
  const auto start = timeout && *timeout > nanoseconds(0)
                         ? steady_clock::now()
                         : steady_clock::time_point();
  Timeout left = timeout;
  while (true) {
    const int count =
        ::epoll_wait(epoll_.get(), events_.data(),
                     static_cast<int>(events_.size()), to_epoll_timeout(left));
    if (count >= 0) return static_cast<std::size_t>(count);
    if (errno != EINTR) common::throw_errno("epoll_wait()");
    // A signal came: wait for the rest of the time.
    if (timeout && *timeout > nanoseconds(0)) {
      left = *timeout - (steady_clock::now() - start);
    }
  }
}

void EpollSelector::close() {
  Selector::close();
  epoll_.reset();
}

int EpollSelector::fileno() const {
  check_open();
  return epoll_.get();
}

void EpollSelector::add(int fd, EventMask events) {
  control(EPOLL_CTL_ADD, "ADD", fd, events);
}

void EpollSelector::change(int fd, EventMask, EventMask after) {
  control(EPOLL_CTL_MOD, "MOD", fd, after);
}

void EpollSelector::remove(int fd, EventMask) {
  // The kernel forgets a descriptor that is closed: a refusal does not matter.
  if (!closed()) ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
}

void EpollSelector::check_open() const {
  if (closed()) {
    throw std::invalid_argument("I/O operation on closed epoll object");
  }
}

void EpollSelector::control(int operation, std::string_view name, int fd,
                            EventMask events) {
  epoll_event event{};
  event.events = to_epoll_events(events);
  event.data.fd = fd;
  if (::epoll_ctl(epoll_.get(), operation, fd, &event) < 0) {
    common::throw_errno("epoll_ctl(" + std::string(name) + ", fd " +
                        std::to_string(fd) + ")");
  }
}

}  // namespace ch01

#endif  // __linux__
