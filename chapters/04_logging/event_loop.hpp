// The loop of chapter 3, with a voice.
#pragma once

#include <memory>
#include <source_location>
#include <utility>

#include "chapters/03_coroutine_task/gather.hpp"
#include "chapters/03_coroutine_task/run.hpp"
#include "chapters/03_coroutine_task/wait_for.hpp"
#include "chapters/04_logging/basic_config.hpp"
#include "chapters/04_logging/logger.hpp"

namespace ch04 {

using namespace ch03;

// The logger "asyncio".  asyncio.log.logger
Logger& loop_logger();

class EventLoop : public ch03::EventLoop {
 public:
  // Logs "Using selector: EpollSelector" as DEBUG.
  explicit EventLoop(
      common::Clock& clock = common::system_clock(),
      std::unique_ptr<ch01::Selector> selector = ch01::default_selector(),
      Place where = Place::current());

 protected:
  // The report of an error becomes a record of level ERROR.
  void default_exception_handler(const ExceptionContext& context) override;
};

template <class T>
T run(Coroutine<T> main, const RunOptions& options = {},
      std::source_location where = std::source_location::current()) {
  return ch03::run_on<EventLoop>(std::move(main), ch03::clock_of(options),
                                 where, [](EventLoop&) {});
}
template <class T>
T run(Coroutine<T> main, common::Clock& clock,
      std::source_location where = std::source_location::current()) {
  return ch04::run(std::move(main), RunOptions{.clock = &clock}, where);
}

}  // namespace ch04
