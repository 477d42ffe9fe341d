// The functions on a thread's stack, as text.
#pragma once

#include <span>
#include <string>
#include <vector>

namespace ch10 {

// Makes backtrace() safe in signal handlers: its first call loads a library.
void prepare_backtrace();

// "heat() at main.cpp:15", innermost first, from what a signal interrupted to
// what called the coroutine or the callback. It starts a process, addr2line or
// atos, which reads the program's debug information; if there is none, lines
// have addresses, and the last line is the command that translates them.
std::vector<std::string> stack_lines(std::span<void* const> stack);

}  // namespace ch10
