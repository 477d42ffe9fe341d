// Who barks while it burns?

#include "chapters/10_watchdog/event_loop.hpp"
#include "common/command_line.hpp"

namespace asyncio = ch10;

namespace {

int program(int argc, char** argv) {
  common::CommandLine command_line("To be written.");
  command_line.parse(argc, argv);
  asyncio::EventLoop loop;
  loop.close();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  return common::run_program(program, argc, argv);
}
