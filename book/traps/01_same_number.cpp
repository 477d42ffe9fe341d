// Closes a descriptor and does not tell the selector.
#include <chrono>
#include <string>

#include "chapters/01_selector/selector.hpp"
#include "common/command_line.hpp"
#include "common/print.hpp"
#include "common/unique_fd.hpp"

namespace {

using ch01::EVENT_READ;
using namespace std::chrono_literals;

int program(int, char**) {
  const auto selector = ch01::default_selector();
  // #region told_first
  auto note = common::make_pipe();
  selector->register_fd(note.read.get(), EVENT_READ, std::string("note"));
  selector->unregister(note.read.get());
  note = {};
  // #endregion told_first

  // #region same_number
  auto parcel = common::make_pipe();
  selector->register_fd(parcel.read.get(), EVENT_READ, std::string("parcel"));
  parcel = {};  // both ends are closed here

  auto letter = common::make_pipe();
  // #endregion same_number
  // #region watched
  const int number = letter.read.get();
  common::print("{} is in the books: {}", number,
                selector->get_map()->contains(number));
  letter.write.reset();  // now there is something to read: the end
  common::print("{} ready", selector->select(20ms).size());
  selector->register_fd(number, EVENT_READ, std::string("letter"));
  // #endregion watched
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  return common::run_program(program, argc, argv);
}
