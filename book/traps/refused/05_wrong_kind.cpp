// Texts where a bool is wanted, a dictionary, and no text at all.
#include "chapters/04_logging/basic_config.hpp"
#include "chapters/05_set_debug/event_loop.hpp"

namespace asyncio = ch05;

asyncio::Coroutine<> breakfast();

void kitchen(asyncio::EventLoop& loop) {
  // #region debug
  asyncio::run(breakfast(), {.debug = "no"});
  loop.set_debug(0);
  // #endregion debug
  asyncio::get_logger().set_propagate(std::string("no"));
  loop.call_exception_handler({{"message", "no milk"}});
  asyncio::get_logger(nullptr);
  loop.call_soon(asyncio::named(nullptr, [] {}));
}

void good_kitchen(asyncio::EventLoop& loop) {
  // #region fixed
  asyncio::run(breakfast(), {.debug = false});
  loop.set_debug(false);
  // #endregion fixed
  asyncio::get_logger().set_propagate(false);
  loop.call_exception_handler({.message = "no milk"});
}
