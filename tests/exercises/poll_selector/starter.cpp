// Exercise poll_selector (chapter 1): another kernel call, the same promises.
//
//   ./workbook check poll_selector    judges this file
//   ./workbook hint poll_selector     says a little more, each time
//
// In use:
//
//   exercises::PollSelector selector;
//   selector.register_fd(pipe.read.get(), EVENT_READ, std::string("pipe"));
//   ... write into the pipe, and selector.select(1s) has one entry
//
// And in place of ours: ./workbook run 8 --with poll_selector

#include "chapters/01_selector/exercises/poll_selector.hpp"

namespace exercises {

// TODO: keep a pollfd in watched_ for each descriptor, hand all of them to
// ::poll() in select(), and put into ready_ who has something in revents. Then
// check sees who is ready, instead of an empty answer.

std::span<const ch01::ReadyKey> PollSelector::select(Timeout) {
  check_open();
  ready_.clear();
  return ready_;
}

void PollSelector::add(int, ch01::EventMask) {}

void PollSelector::change(int, ch01::EventMask, ch01::EventMask) {}

void PollSelector::remove(int, ch01::EventMask) {}

}  // namespace exercises
