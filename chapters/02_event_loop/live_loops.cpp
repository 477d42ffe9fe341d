#include "chapters/02_event_loop/live_loops.hpp"

#include <fmt/format.h>
#include <pthread.h>

#include <atomic>
#include <stdexcept>

#include "chapters/02_event_loop/event_loop.hpp"
#include "common/place.hpp"

namespace ch02 {

namespace {

thread_local constinit EventLoop* running_loop = nullptr;
// The argument of set_event_loop().
thread_local constinit EventLoop* current_loop = nullptr;
thread_local constinit std::uint64_t current_number = 0;
// How many there are in all threads. While it is 0, no lock is needed.
constinit std::atomic<int> running_loops = 0;

}  // namespace

LiveLoops& LiveLoops::instance() {
  // Never destroyed: static objects may outlive it.
  static auto* const all = new LiveLoops;
  return *all;
}

LiveLoops::LiveLoops() {
  // The child of a fork() has one thread, and no loop runs in it.
  // asyncio: events.on_fork
  ::pthread_atfork([] { instance().lock_all(); },
                   [] { instance().unlock_all(); },
                   [] {
                     instance().unlock_all();
                     running_loop = current_loop = nullptr;
                     running_loops = 0;
                   });
}

void LiveLoops::lock_all() {
  mutex_.lock();
  for (const auto& [loop, number] : numbers_) loop->shared_.mutex.lock();
}

void LiveLoops::unlock_all() {
  for (const auto& [loop, number] : numbers_) loop->shared_.mutex.unlock();
  mutex_.unlock();
}

void LiveLoops::add(EventLoop& loop) {
  const std::lock_guard lock(mutex_);
  numbers_.emplace(&loop, ++last_number_);
}

void LiveLoops::remove(EventLoop& loop) {
  const std::lock_guard lock(mutex_);
  numbers_.erase(&loop);
}

std::optional<common::Detail> LiveLoops::detail_of(EventLoop* loop) {
  const std::lock_guard lock(mutex_);
  if (!numbers_.contains(loop)) return std::nullopt;
  return loop->detail();
}

void LiveLoops::check_thread(EventLoop* loop) {
  if (running_loop == loop || running_loops == 0) return;
  const std::lock_guard lock(mutex_);
  if (numbers_.contains(loop) && loop->is_running()) loop->check_thread();
}

std::uint64_t LiveLoops::number_of(EventLoop* loop) {
  const std::lock_guard lock(mutex_);
  const auto found = numbers_.find(loop);
  return found == numbers_.end() ? 0 : found->second;
}

void set_running_loop(EventLoop* loop) noexcept {
  if (running_loop) --running_loops;  // not in the child of a fork()
  running_loop = loop;
  if (loop) ++running_loops;
}

EventLoop* get_running_loop_or_null() noexcept { return running_loop; }

EventLoop& get_running_loop() {
  if (running_loop) return *running_loop;
  throw std::runtime_error("no running event loop");
}

EventLoop& get_event_loop() {
  if (running_loop) return *running_loop;
  const auto number = LiveLoops::instance().number_of(current_loop);
  if (number != 0 && number == current_number) return *current_loop;
  throw std::runtime_error(
      fmt::format("There is no current event loop in thread {}.",
                  common::repr(common::thread_name())));
}

void set_event_loop(EventLoop* loop) {
  current_number = LiveLoops::instance().number_of(loop);
  current_loop = current_number == 0 ? nullptr : loop;
}

}  // namespace ch02
