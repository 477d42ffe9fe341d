// Adds now and the timeout, which does not fit, and looks at it after a signal.

#include "chapters/01_selector/exercises/poll_selector.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <limits>

#include "common/unique_fd.hpp"

namespace exercises {

namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

nanoseconds now() {
  return std::chrono::steady_clock::now().time_since_epoch();
}

short to_poll(ch01::EventMask events) {
  short result = 0;
  if ((events & ch01::EVENT_READ) != 0) result |= POLLIN;
  if ((events & ch01::EVENT_WRITE) != 0) result |= POLLOUT;
  return result;
}

ch01::EventMask from_poll(short revents) {
  ch01::EventMask events = 0;
  if ((revents & ~POLLOUT) != 0) events |= ch01::EVENT_READ;
  if ((revents & ~POLLIN) != 0) events |= ch01::EVENT_WRITE;
  return events;
}

int to_poll_timeout(nanoseconds left) {
  const auto whole = std::chrono::ceil<milliseconds>(left).count();
  return static_cast<int>(
      std::clamp<milliseconds::rep>(whole, 0, std::numeric_limits<int>::max()));
}

}  // namespace

std::span<const ch01::ReadyKey> PollSelector::select(Timeout timeout) {
  check_open();
  ready_.clear();
  nanoseconds deadline(0);
  if (timeout && *timeout > nanoseconds(0)) {
    // In unsigned arithmetic, only so that the wrap is a defined one.
    deadline = nanoseconds(static_cast<nanoseconds::rep>(
        static_cast<std::uint64_t>(now().count()) +
        static_cast<std::uint64_t>(timeout->count())));
  }
  nanoseconds left = timeout.value_or(nanoseconds(0));
  while (true) {
    const int wait = timeout ? to_poll_timeout(left) : -1;
    const int count = ::poll(watched_.data(), watched_.size(), wait);
    if (count > 0) break;
    if (count < 0 && errno != EINTR) common::throw_errno("poll()");
    if (count == 0 && wait != std::numeric_limits<int>::max()) break;
    if (!timeout || *timeout <= nanoseconds(0)) continue;
    const nanoseconds so_far = now();
    if (so_far >= deadline) break;  // the time is over
    left = deadline - so_far;
  }
  for (const pollfd& each : watched_) {
    if (each.revents == 0) continue;
    const ch01::SelectorKey& key = get_key(each.fd);
    const ch01::EventMask events = from_poll(each.revents) & key.events;
    if (events != 0) ready_.push_back({&key, events});
  }
  return ready_;
}

void PollSelector::add(int fd, ch01::EventMask events) {
  watched_.push_back({fd, to_poll(events), 0});
}

void PollSelector::change(int fd, ch01::EventMask, ch01::EventMask after) {
  const auto found = std::ranges::find(watched_, fd, &pollfd::fd);
  if (found != watched_.end()) found->events = to_poll(after);
}

void PollSelector::remove(int fd, ch01::EventMask) {
  std::erase_if(watched_, [fd](const pollfd& each) { return each.fd == fd; });
}

}  // namespace exercises
