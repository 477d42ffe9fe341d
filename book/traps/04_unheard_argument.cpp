// A record below the level is not written, but the arguments of the call are
// worked out all the same.
#include <fmt/format.h>

#include "chapters/04_logging/event_loop.hpp"

namespace asyncio = ch04;

namespace {

asyncio::Logger& log = asyncio::get_logger("kitchen");

// #region weigh
int weigh_beans() {
  fmt::print("weighing the beans\n");
  return 18;
}

void brew() { log.debug("{} grams of beans", weigh_beans()); }
// #endregion weigh

// #region ask_first
void brew_cheaply() {
  if (log.is_enabled_for(asyncio::DEBUG)) {
    log.debug("{} grams of beans", weigh_beans());
  }
}
// #endregion ask_first

}  // namespace

int main() {
  asyncio::basic_config({.level = asyncio::INFO, .stream = stdout});
  fmt::print("brew:\n");
  brew();
  fmt::print("brew_cheaply:\n");
  brew_cheaply();
}
