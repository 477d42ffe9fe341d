// The loop of chapter 6, which counts its keys before it leaves.
#pragma once

#include <memory>
#include <source_location>
#include <string>
#include <utility>
#include <vector>

#include "chapters/06_slow_callback/event_loop.hpp"
#include "chapters/07_resource_warning/warnings.hpp"

namespace ch07 {

using namespace ch06;
using ch05::RunOptions;

class EventLoop : public ch06::EventLoop {
 public:
  explicit EventLoop(
      common::Clock& clock = common::system_clock(),
      std::unique_ptr<ch01::Selector> selector = ch01::default_selector(),
      Place where = Place::current())
      : ch06::EventLoop(clock, std::move(selector), where) {}
  // Warns that the loop was not closed, and reports pending tasks.
  ~EventLoop() override;

  // Warns about what is left: callbacks, timers, readers, writers and pending
  // tasks, each where it was created. The loop is closed even if a filter
  // makes the warnings errors; then the first one is thrown, and
  // write_unraisable() reports the others.
  void close() override;

 protected:
  void changing(FutureBase& future, Change change) noexcept override;

 private:
  struct LeftOver {
    std::string text;
    Place created_at;
  };
  std::vector<LeftOver> left_over() const;
  void report_destroyed(TaskBase& task) noexcept;
};

template <class T>
T run(Coroutine<T> main, const RunOptions& options = {},
      std::source_location where = std::source_location::current()) {
  return ch05::run_debug<EventLoop>(std::move(main), options, where);
}
template <class T>
T run(Coroutine<T> main, common::Clock& clock,
      std::source_location where = std::source_location::current()) {
  return ch07::run(std::move(main), RunOptions{.clock = &clock}, where);
}

}  // namespace ch07
