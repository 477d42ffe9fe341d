// Makes sure that the pipe can be written, before it looks at sent_.

#include "chapters/01_selector/exercises/wakeup_pipe.hpp"

#include <unistd.h>

#include <array>
#include <cerrno>

namespace exercises {

void WakeupPipe::wake_up() {
  const char byte = 0;
  if (::write(pipe_.write.get(), &byte, 0) < 0) {
    common::throw_errno("write(wake-up pipe)");
  }
  if (sent_) return;
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
