// A parent that is told to be quiet, and a child that is not.
#include "chapters/04_logging/event_loop.hpp"

namespace asyncio = ch04;

int main() {
  asyncio::basic_config(
      {.format = "%(levelname)s %(name)s: %(message)s", .stream = stdout});

  // #region family
  asyncio::Logger& kitchen = asyncio::get_logger("kitchen");
  asyncio::Logger& grinder = asyncio::get_logger("kitchen.grinder");
  asyncio::Logger& kettle = asyncio::get_logger("kitchen.kettle");
  kitchen.set_level(asyncio::ERROR);
  grinder.set_level(asyncio::DEBUG);

  kitchen.warning("out of milk");
  grinder.debug("two turns to the left");
  kettle.warning("full of scale");
  // #endregion family
}
