#include "chapters/04_logging/event_loop.hpp"

namespace ch04 {

// #region loop
Logger& loop_logger() {
  static Logger& logger = get_logger("asyncio");
  return logger;
}

EventLoop::EventLoop(common::Clock& clock,
                     std::unique_ptr<ch01::Selector> selector, Place where)
    : ch03::EventLoop(clock, std::move(selector), where) {
  loop_logger().debug("Using selector: {}", this->selector().name());
}

void EventLoop::default_exception_handler(const ExceptionContext& context) {
  loop_logger().log_text(ERROR, ch02::exception_report(context, detail()),
                         context.exception);
}
// #endregion loop

}  // namespace ch04
