// The loop of chapter 11, which tells who waits for whom.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <source_location>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>

#include "chapters/11_pulse/event_loop.hpp"
#include "chapters/12_wait_graph/expecting.hpp"
#include "chapters/12_wait_graph/graph_on_signal.hpp"
#include "chapters/12_wait_graph/wait_graph.hpp"

namespace ch12 {

using namespace ch11;
using ch05::RunOptions;

// Nothing that the loop knows of can wake it any more.
class Deadlock : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class EventLoop : public ch11::EventLoop {
 public:
  explicit EventLoop(
      common::Clock& clock = common::system_clock(),
      std::unique_ptr<ch01::Selector> selector = ch01::default_selector(),
      Place where = Place::current())
      : ch11::EventLoop(clock, std::move(selector), where) {}
  ~EventLoop() override;

  // #region options
  // In debug mode the wait graph is logged when tasks wait, and nothing but
  // another thread can wake the loop: if none has for so long; with a virtual
  // clock immediately. No thread must have an Expecting for this loop.
  common::Duration deadlock_after = std::chrono::seconds(1);
  // Is a Deadlock thrown then, out of run_forever() or run_until_complete()?
  common::Switch throw_on_deadlock = false;
  // #endregion options

  // Who waits for whom now: a line for each task and each future, with what it
  // waits for below. Empty if no task is pending. Tasks that were made without
  // debug mode have no maker, and their waits no time.
  std::string wait_graph() const;
  // Logs it before the next iteration, and wakes the loop for that. For any
  // thread, and for signal handlers.
  void request_wait_graph() noexcept;

  // Says in debug mode which task will finish this future; nullptr: that is not
  // known any more. It changes nothing but the graph.
  template <class T>
  void set_owner(const Future<T>& future,
                 const Ref<TaskBase>& task = ch03::current_task()) {
    note_owner(*future.base(), task.get());
  }

 protected:
  std::span<const ch01::ReadyKey> select(
      ch01::Selector::Timeout timeout) override;
  void changing(FutureBase& future, Change change) noexcept override;

 private:
  friend class Expecting;

  void wake() noexcept;
  void note_owner(const FutureBase& future, const TaskBase* task);
  bool only_threads_can_wake() const;
  void log_graph(int level, const char* text) const noexcept;

  std::uint64_t tasks_made_ = 0;  // in debug mode
  bool waits_are_new_ = false;    // one has begun since the last report
  Owners owners_;
  std::shared_ptr<Expecting::Shared> expecting_ = [this] {
    auto shared = std::make_shared<Expecting::Shared>();
    shared->loop = this;
    return shared;
  }();
  std::atomic<bool> requested_ = false;
};

template <class T>
T run(Coroutine<T> main, const RunOptions& options = {},
      std::source_location where = std::source_location::current()) {
  return ch05::run_debug<EventLoop>(std::move(main), options, where);
}
template <class T>
T run(Coroutine<T> main, common::Clock& clock,
      std::source_location where = std::source_location::current()) {
  return ch12::run(std::move(main), RunOptions{.clock = &clock}, where);
}

}  // namespace ch12
