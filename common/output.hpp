// The library's own output: in one piece, and never the end of a program.
#pragma once

#include <csignal>
#include <cstdio>
#include <string_view>

namespace common {

// While it lives, writing to a pipe that has no reader is an error of this
// thread's calls (EPIPE) instead of a signal that ends the program. Python
// ignores the signal for the whole process (pylifecycle.c, init_signals); a
// library leaves that decision to the program.
class NoSigpipe {
 public:
  NoSigpipe() noexcept;
  NoSigpipe(const NoSigpipe&) = delete;
  NoSigpipe& operator=(const NoSigpipe&) = delete;
  ~NoSigpipe();  // leaves errno alone

 private:
  ::sigset_t before_;
  bool was_pending_ = false;
};

// Writes the text in one piece, also when other threads write to the stream,
// and flushes it. `name` is for the error.  Throws std::system_error:
// "write(<stdout>): Broken pipe".
void write_text(std::FILE* stream, std::string_view text,
                std::string_view name);
void write_text(int fd, std::string_view text, std::string_view name);

// The same for standard error. A text that cannot be written is dropped: there
// is nowhere left to report it.
void write_error(std::string_view text) noexcept;

}  // namespace common
