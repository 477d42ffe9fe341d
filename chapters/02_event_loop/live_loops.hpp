// The loops that exist. A future or a handle may outlive its loop: it asks here
// before it touches the loop.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>

#include "common/repr.hpp"

namespace ch02 {

class EventLoop;

class LiveLoops {
 public:
  static LiveLoops& instance();

  void add(EventLoop& loop);
  void remove(EventLoop& loop);
  // detail() of a loop that is alive; otherwise nullopt.
  std::optional<common::Detail> detail_of(EventLoop* loop);
  // EventLoop::check_thread() of a loop that is alive and runs.
  void check_thread(EventLoop* loop);
  // A new loop may get the address of a destroyed one: the number tells them
  // apart. 0: there is no loop at this address.
  std::uint64_t number_of(EventLoop* loop);

 private:
  LiveLoops();
  void lock_all();  // before fork(), with each loop's lock for posts
  void unlock_all();

  std::mutex mutex_;
  std::uint64_t last_number_ = 0;
  std::map<EventLoop*, std::uint64_t> numbers_;
};

// asyncio: events._set_running_loop
void set_running_loop(EventLoop* loop) noexcept;

}  // namespace ch02
