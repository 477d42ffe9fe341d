// Adds now and the timeout, which does not fit, and looks at it before it asks:
// the longest timeout there is has passed already.

#include <cerrno>
#include <chrono>
#include <cstdint>
#include <limits>

#include "chapters/01_selector/exercises/poll_selector.hpp"
#include "common/unique_fd.hpp"

namespace exercises {

namespace {

using std::chrono::nanoseconds;

short to_poll(ch01::EventMask events) {
  int wanted = 0;
  if ((events & ch01::EVENT_READ) != 0) wanted |= POLLIN;
  if ((events & ch01::EVENT_WRITE) != 0) wanted |= POLLOUT;
  return static_cast<short>(wanted);
}

ch01::EventMask from_poll(int events) {
  ch01::EventMask mask = 0;
  if ((events & ~POLLOUT) != 0) mask |= ch01::EVENT_READ;
  if ((events & ~POLLIN) != 0) mask |= ch01::EVENT_WRITE;
  return mask;
}

std::int64_t now() {
  return std::chrono::duration_cast<nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace

std::span<const ch01::ReadyKey> PollSelector::select(Timeout timeout) {
  check_open();
  ready_.clear();
  std::int64_t deadline = 0;
  if (timeout && timeout->count() > 0) {
    deadline =
        static_cast<std::int64_t>(static_cast<std::uint64_t>(now()) +
                                  static_cast<std::uint64_t>(timeout->count()));
  }
  while (true) {
    int wait = -1;
    bool last = false;
    if (timeout) {
      const std::int64_t at = now();
      if (timeout->count() <= 0 || at >= deadline) {
        wait = 0;
        last = true;
      } else {
        const std::int64_t left = deadline - at;
        const std::int64_t whole = left / 1'000'000 + (left % 1'000'000 != 0);
        constexpr std::int64_t kMost = std::numeric_limits<int>::max();
        wait = static_cast<int>(whole < kMost ? whole : kMost);
      }
    }
    const int count =
        ::poll(watched_.data(), static_cast<nfds_t>(watched_.size()), wait);
    if (count < 0) {
      if (errno != EINTR) common::throw_errno("poll()");
      if (last) return ready_;
      continue;
    }
    if (count > 0) break;
    if (last) return ready_;
  }
  for (const pollfd& each : watched_) {
    if (each.revents == 0) continue;
    const auto key = keys().find(each.fd);
    if (key == keys().end()) continue;
    const ch01::EventMask events = from_poll(each.revents) & key->second.events;
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
