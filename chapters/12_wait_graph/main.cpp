// Who waits for whom, and who for nobody?

#include "chapters/12_wait_graph/event_loop.hpp"
#include "common/command_line.hpp"

namespace asyncio = ch12;

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
