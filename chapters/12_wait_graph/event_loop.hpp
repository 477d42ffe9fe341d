// The loop of chapter 11, which tells who waits for whom.
#pragma once

#include <memory>
#include <source_location>
#include <utility>

#include "chapters/11_pulse/event_loop.hpp"

namespace ch12 {

using namespace ch11;
using ch05::RunOptions;

class EventLoop : public ch11::EventLoop {
 public:
  explicit EventLoop(
      common::Clock& clock = common::system_clock(),
      std::unique_ptr<ch01::Selector> selector = ch01::default_selector(),
      Place where = Place::current())
      : ch11::EventLoop(clock, std::move(selector), where) {}
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
