// A helper of our own that logs. Whose line does its record show?
#include <fmt/format.h>

#include <source_location>
#include <string_view>

#include "chapters/04_logging/event_loop.hpp"

namespace asyncio = ch04;

namespace {

asyncio::Logger& log = asyncio::get_logger("kitchen");

// #region wrong
void complain(std::string_view what) {
  log.warning("there is no {}: please buy some", what);
}

void brew() { complain("water"); }
void clean_up() { complain("soap"); }
// #endregion wrong

// #region right
using Place = std::source_location;

void complain_well(std::string_view what, Place where = Place::current()) {
  log.log_text(asyncio::WARNING,
               fmt::format("there is no {}: please buy some", what), nullptr,
               where);
}

void brew_well() { complain_well("water"); }
void clean_up_well() { complain_well("soap"); }
// #endregion right

}  // namespace

int main() {
  asyncio::basic_config(
      {.format = "%(filename)s:%(lineno)d %(funcName)s: %(message)s",
       .stream = stdout});
  brew();
  clean_up();
  brew_well();
  clean_up_well();
}
