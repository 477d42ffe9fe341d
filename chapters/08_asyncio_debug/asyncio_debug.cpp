// What does the loop have to tell? A program that looks fine until you ask.
#include <chrono>

#include "chapters/07_resource_warning/event_loop.hpp"
#include "common/command_line.hpp"
#include "common/trace/07_resource_warning.hpp"

namespace asyncio = ch07;
using namespace std::chrono_literals;

namespace {

asyncio::Logger& logger = asyncio::get_logger();

// #region settings
struct Settings {
  std::chrono::nanoseconds block = 100ms;
  std::chrono::nanoseconds slow_callback_duration = 1ms;
  bool verbose = false;
  bool close = false;
};
// #endregion settings

// #region inner
asyncio::Coroutine<> inner(asyncio::EventLoop& loop,
                           std::chrono::nanoseconds block) {
  logger.info("inner starting");
  loop.clock().sleep(block);  // a blocking call: nothing else runs
  logger.info("inner completed");
  co_return;
}
// #endregion inner

// #region outer
asyncio::Coroutine<> outer(asyncio::EventLoop& loop,
                           std::chrono::nanoseconds block) {
  logger.info("outer starting");
  // This step makes a task, and its report has most to read. Alone it would be
  // too fast to be reported, so here is a millisecond of honest work, as in the
  // program for Python.
  loop.clock().sleep(1ms);
  co_await asyncio::ensure_future(loop.create_task(inner(loop, block)));
  logger.info("outer completed");
}
// #endregion outer

// #region main
int program(int argc, char** argv) {
  // #region options
  Settings settings;
  common::CommandLine command_line(
      "Blocks its event loop, and with -v lets the loop tell about it.");
  command_line.flag("verbose,v", settings.verbose, "let the loop talk");
  command_line.seconds("block", settings.block, "how long inner() blocks");
  command_line.seconds("slow-callback-duration",
                       settings.slow_callback_duration,
                       "with -v, what counts as slow");
  command_line.flag("close", settings.close, "close the loop, as one should");
  command_line.parse(argc, argv);
  // #endregion options

  // #region set_up
  asyncio::basic_config({.level = asyncio::DEBUG,
                         .format = "%(levelname)7s: %(message)s",
                         .stream = stderr});
  common::Recorded<asyncio::EventLoop> loop(command_line);
  // #endregion set_up
  // #region tell
  if (settings.verbose) {
    logger.info("enabling debugging");
    loop.set_debug(true);
    loop.slow_callback_duration = settings.slow_callback_duration;
    asyncio::simplefilter("always", asyncio::ResourceWarning);
  }
  // #endregion tell

  // #region run
  logger.info("entering event loop");
  loop.run_until_complete(outer(loop, settings.block));
  if (settings.close) loop.close();
  return 0;
  // #endregion run
}
// #endregion main

}  // namespace

int main(int argc, char** argv) {
  return common::run_program(program, argc, argv);
}
