// Exercise wakeup_pipe (chapter 1), solved.
//
// A byte in the pipe says "look", but not how often, so a second byte would say
// nothing new. EAGAIN is not an error here: in both functions it is good news.
// A full pipe is ready to read, so the wait ends; an empty pipe is drained.
//
// Another way: do without sent_, and write a byte each time. The pipe cannot
// overflow, because a full one refuses the byte, but there are more system
// calls, and drain() has more to read. Linux also has eventfd(2), a counter
// that behaves like a descriptor, which needs no loop here.

#include "chapters/01_selector/exercises/wakeup_pipe.hpp"

#include <unistd.h>

#include <array>
#include <cerrno>

namespace exercises {

void WakeupPipe::wake_up() {
  if (sent_) return;
  const char byte = 0;
  while (::write(pipe_.write.get(), &byte, 1) < 0) {
    if (errno == EAGAIN) return;  // full, so it is ready to read
    if (errno != EINTR) common::throw_errno("write(wake-up pipe)");
  }
  sent_ = true;
}

std::size_t WakeupPipe::drain() {
  std::array<char, 256> buffer;
  std::size_t taken = 0;
  while (true) {
    const auto size = ::read(pipe_.read.get(), buffer.data(), buffer.size());
    if (size > 0) {
      taken += static_cast<std::size_t>(size);
    } else if (size == 0 || errno == EAGAIN) {
      break;
    } else if (errno != EINTR) {
      common::throw_errno("read(wake-up pipe)");
    }
  }
  sent_ = false;
  return taken;
}

}  // namespace exercises
