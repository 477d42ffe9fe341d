// Who speaks, and who wants to hear it? One run, heard at different levels.
#include <chrono>
#include <stdexcept>
#include <string>

#include "chapters/04_logging/event_loop.hpp"
#include "common/command_line.hpp"
#include "common/trace/04_logging.hpp"

namespace asyncio = ch04;

namespace {

using namespace std::chrono_literals;

asyncio::Logger& log = asyncio::get_logger("kitchen");

// #region brew
asyncio::Coroutine<> brew(std::string cup, int spoons) {
  log.debug("{}: grinding {} spoons", cup, spoons);
  co_await asyncio::sleep(100ms);
  if (spoons > 2) log.warning("{}: that will be strong", cup);
  log.info("{}: ready", cup);
}
// #endregion brew

int program(int argc, char** argv) {
  std::string level = "INFO";
  common::CommandLine command_line("Brews coffee and writes a log.");
  command_line.choice("level,l", level,
                      {"DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"},
                      "the least that is shown");
  command_line.parse(argc, argv);

  // #region basic_config
  asyncio::basic_config({.level = level,
                         .format = "%(levelname)8s %(name)-8s %(message)s",
                         .stream = stdout});
  // #endregion basic_config

  common::Recorded<asyncio::EventLoop> loop(command_line);
  loop.call_soon(asyncio::named(
      "spill", [] { throw std::runtime_error("coffee on the keyboard"); }));
  loop.run_until_complete(brew("first cup", 2));
  loop.run_until_complete(brew("second cup", 5));
  loop.close();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  return common::run_program(program, argc, argv);
}
