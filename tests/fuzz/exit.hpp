// Included in front of common/command_line.cpp, which ends the program for
// arguments that it does not understand: here it throws the status instead.
#pragma once

#include <cstdlib>

namespace fuzz {
struct Exit {
  int status;
};
}  // namespace fuzz

namespace std {
[[noreturn]] inline void fuzz_exit(int status) { throw fuzz::Exit{status}; }
}  // namespace std

#define exit fuzz_exit
