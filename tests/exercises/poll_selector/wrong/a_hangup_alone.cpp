// A hang-up or an error counts as both events only if poll() tells nothing
// else.

#include "chapters/01_selector/exercises/poll_selector.hpp"

#include <algorithm>
#include <cerrno>
#include <limits>

#include "common/unique_fd.hpp"

namespace exercises {

namespace {

using ch01::EVENT_READ;
using ch01::EVENT_WRITE;
using ch01::EventMask;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::steady_clock;

short to_poll_events(EventMask events) {
  return static_cast<short>(((events & EVENT_READ) != 0 ? POLLIN : 0) |
                            ((events & EVENT_WRITE) != 0 ? POLLOUT : 0));
}

// An error or a hang-up alone makes a descriptor ready for both.
EventMask from_poll_events(short events) {
  const EventMask ready = ((events & POLLIN) != 0 ? EVENT_READ : 0) |
                          ((events & POLLOUT) != 0 ? EVENT_WRITE : 0);
  if (ready != 0 || events == 0) return ready;
  return EVENT_READ | EVENT_WRITE;
}

// Whole milliseconds, rounded up: never early.
int to_poll_timeout(nanoseconds left) {
  const auto whole = std::chrono::ceil<milliseconds>(left).count();
  return static_cast<int>(
      std::clamp<decltype(whole)>(whole, 0, std::numeric_limits<int>::max()));
}

// Calls poll() until there is an answer, or the time is over. A signal ends a
// poll() early, and a timeout may be longer than an int can say.
void wait(std::vector<pollfd>& watched, ch01::Selector::Timeout timeout) {
  const auto start = steady_clock::now();
  int left = timeout ? to_poll_timeout(*timeout) : -1;
  while (true) {
    const int ready =
        ::poll(watched.data(), static_cast<nfds_t>(watched.size()), left);
    if (ready < 0 && errno != EINTR) common::throw_errno("poll()");
    if (ready > 0) return;
    if (!timeout) continue;
    const nanoseconds passed = steady_clock::now() - start;
    if (ready == 0 && passed >= *timeout) return;
    left = to_poll_timeout(std::max(*timeout, passed) - passed);
  }
}

}  // namespace

std::span<const ch01::ReadyKey> PollSelector::select(Timeout timeout) {
  check_open();
  ready_.clear();
  wait(watched_, timeout);
  for (const pollfd& one : watched_) {
    const ch01::SelectorKey& key = get_key(one.fd);
    const EventMask events = from_poll_events(one.revents) & key.events;
    if (events != 0) ready_.push_back({&key, events});
  }
  return ready_;
}

void PollSelector::add(int fd, EventMask events) {
  watched_.push_back({fd, to_poll_events(events), 0});
}

void PollSelector::change(int fd, EventMask, EventMask after) {
  for (pollfd& one : watched_) {
    if (one.fd == fd) one.events = to_poll_events(after);
  }
}

void PollSelector::remove(int fd, EventMask) {
  std::erase_if(watched_, [fd](const pollfd& one) { return one.fd == fd; });
}

}  // namespace exercises
