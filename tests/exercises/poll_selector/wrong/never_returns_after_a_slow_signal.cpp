// A signal that took longer than the timeout leaves a rest below zero, which
// poll() takes for no limit.

#include "chapters/01_selector/exercises/poll_selector.hpp"

#include <algorithm>
#include <cerrno>
#include <limits>

#include "common/unique_fd.hpp"

namespace exercises {

namespace {

using std::chrono::ceil;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::steady_clock;

short to_poll(ch01::EventMask events) {
  int wanted = 0;
  if ((events & ch01::EVENT_READ) != 0) wanted |= POLLIN;
  if ((events & ch01::EVENT_WRITE) != 0) wanted |= POLLOUT;
  return static_cast<short>(wanted);
}

ch01::EventMask from_poll(short revents) {
  ch01::EventMask events = 0;
  if ((revents & ~POLLOUT) != 0) events |= ch01::EVENT_READ;
  if ((revents & ~POLLIN) != 0) events |= ch01::EVENT_WRITE;
  return events;
}

int to_milliseconds(ch01::Selector::Timeout left) {
  if (!left) return -1;
  const auto whole = ceil<milliseconds>(*left).count();
  return static_cast<int>(
      std::min<decltype(whole)>(whole, std::numeric_limits<int>::max()));
}

}  // namespace

std::span<const ch01::ReadyKey> PollSelector::select(Timeout timeout) {
  check_open();
  ready_.clear();
  if (timeout) timeout = std::max(*timeout, nanoseconds(0));
  const auto start = steady_clock::now();
  Timeout left = timeout;
  while (true) {
    const int count =
        ::poll(watched_.data(), static_cast<nfds_t>(watched_.size()),
               to_milliseconds(left));
    if (count < 0 && errno != EINTR) common::throw_errno("poll()");
    if (count > 0) break;
    if (timeout) left = *timeout - (steady_clock::now() - start);
    if (count == 0 && left && *left <= nanoseconds(0)) return ready_;
  }
  for (const pollfd& each : watched_) {
    const auto key = keys().find(each.fd);
    if (each.revents == 0 || key == keys().end()) continue;
    const auto events = from_poll(each.revents) & key->second.events;
    if (events != 0) ready_.push_back({&key->second, events});
  }
  return ready_;
}

void PollSelector::add(int fd, ch01::EventMask events) {
  watched_.push_back({fd, to_poll(events), 0});
}

void PollSelector::change(int fd, ch01::EventMask, ch01::EventMask after) {
  for (pollfd& each : watched_) {
    if (each.fd == fd) each.events = to_poll(after);
  }
}

void PollSelector::remove(int fd, ch01::EventMask) {
  std::erase_if(watched_, [fd](const pollfd& each) { return each.fd == fd; });
}

}  // namespace exercises
