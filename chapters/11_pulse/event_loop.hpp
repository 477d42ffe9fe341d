// The loop of chapter 10, which measures its own turns.
#pragma once

#include <memory>
#include <source_location>
#include <utility>

#include "chapters/10_watchdog/event_loop.hpp"

namespace ch11 {

using namespace ch10;
using ch05::RunOptions;

class EventLoop : public ch10::EventLoop {
 public:
  explicit EventLoop(
      common::Clock& clock = common::system_clock(),
      std::unique_ptr<ch01::Selector> selector = ch01::default_selector(),
      Place where = Place::current())
      : ch10::EventLoop(clock, std::move(selector), where) {}
};

template <class T>
T run(Coroutine<T> main, const RunOptions& options = {},
      std::source_location where = std::source_location::current()) {
  return ch05::run_debug<EventLoop>(std::move(main), options, where);
}
template <class T>
T run(Coroutine<T> main, common::Clock& clock,
      std::source_location where = std::source_location::current()) {
  return ch11::run(std::move(main), RunOptions{.clock = &clock}, where);
}

}  // namespace ch11
