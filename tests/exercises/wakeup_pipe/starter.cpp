// Exercise wakeup_pipe (chapter 1): how to wake somebody who waits.
//
//   ./workbook check wakeup_pipe    judges this file
//   ./workbook hint wakeup_pipe     says a little more, each time
//
// In use:
//
//   exercises::WakeupPipe pipe;
//   selector.register_fd(pipe.fileno(), EVENT_READ);
//   ... somewhere pipe.wake_up(), and selector.select() returns
//   pipe.drain();  // or select() returns at once, again and again

#include "chapters/01_selector/exercises/wakeup_pipe.hpp"

#include <unistd.h>

namespace exercises {

// TODO: write one byte with ::write(), and take all of them out with ::read()
// until it fails with EAGAIN. Then check says that the pipe is ready after a
// wake_up(), and that nothing is left in it after a drain().

void WakeupPipe::wake_up() {}

std::size_t WakeupPipe::drain() { return 0; }

}  // namespace exercises
