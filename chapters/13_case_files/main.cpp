// What is wrong tonight? Twenty evenings in one kitchen.

#include <fmt/format.h>

#include <string>
#include <vector>

#include "chapters/13_case_files/kitchen.hpp"
#include "common/command_line.hpp"
#include "common/print.hpp"
#include "common/trace/07_resource_warning.hpp"

namespace asyncio = ch12;

namespace {

int program(int argc, char** argv) {
  std::string seed = "1";
  std::vector<std::string> seeds;
  for (int i = 1; i <= 20; ++i) seeds.push_back(std::to_string(i));
  common::CommandLine command_line("An evening in a restaurant.");
  command_line.choice("seed,s", seed, seeds, "which evening");
  command_line.parse(argc, argv);

  asyncio::basic_config(
      {.format = "%(levelname)s: %(message)s", .stream = stdout});
  common::Recorded<asyncio::EventLoop> loop(command_line);
  loop.set_debug(true);
  loop.throw_on_deadlock = true;
  ch13::Restaurant house(loop, ch13::Evening(std::stoi(seed)));
  const auto tonight = loop.create_task(ch13::work_tonight(house));
  try {
    for (const std::string& line : loop.run_until_complete(tonight)) {
      common::print("{}", line);
    }
  } catch (const asyncio::Deadlock&) {
    common::print("The kitchen stands still.");
    const auto tasks = loop.all_tasks();
    for (const auto& task : tasks) task->cancel();
    loop.run_until_complete(asyncio::gather_outcomes(tonight));
  }
  common::print("({})", fmt::join(house.diary(), ", "));
  loop.close();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  return common::run_program(program, argc, argv);
}
