// A library sets up the log before the program does.
#include "chapters/04_logging/basic_config.hpp"

namespace asyncio = ch04;

int main() {
  asyncio::Logger& log = asyncio::get_logger("kitchen");
  // #region twice
  log.warning("no milk");
  asyncio::basic_config({.level = asyncio::ERROR, .format = "%(message)s!"});
  asyncio::basic_config({.level = asyncio::DEBUG, .format = "%(message)s?"});
  log.error("the stove is on");
  log.debug("two spoons");
  // #endregion twice
}
