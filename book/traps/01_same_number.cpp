// Closes a descriptor and does not tell the selector.
#include <string>

#include "chapters/01_selector/selector.hpp"
#include "common/command_line.hpp"
#include "common/unique_fd.hpp"

namespace {

using ch01::EVENT_READ;

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
  selector->register_fd(letter.read.get(), EVENT_READ, std::string("letter"));
  // #endregion same_number
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  return common::run_program(program, argc, argv);
}
