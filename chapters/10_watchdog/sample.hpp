// What a thread finds about itself in the middle of a callback.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <source_location>
#include <string>

#include "chapters/02_event_loop/loop_object.hpp"
#include "chapters/03_coroutine_task/coroutine.hpp"

namespace ch10 {

// #region running
// What runs now. Only the loop's thread writes and reads it, but it may be
// interrupted between any two instructions, and then its signal handler reads.
struct Running {
  std::atomic<const ch02::LoopObject*> object = nullptr;
  std::atomic<const ch03::Frame*> frame = nullptr;  // the innermost coroutine
  std::atomic<bool> is_task = false;
};
// #endregion running

// Pointers and numbers. Nothing is allocated, because a signal may have
// interrupted an allocation.
struct Sample {
  static constexpr std::size_t kMostCalls = 16;
  static constexpr std::size_t kMostAddresses = 64;
  struct Call {
    std::source_location function;
    std::source_location place;  // its last co_await, or the function itself
  };
  // #region sample
  bool is_task = false;                // or a callback
  std::source_location created_at;     // the task or the callback
  std::array<Call, kMostCalls> calls;  // of coroutines, innermost first
  std::size_t call_count = 0;
  bool more_calls = false;
  std::array<void*, kMostAddresses> stack;  // of functions, innermost first
  std::size_t stack_size = 0;
  bool throwing = false;   // an exception was on its way: then, no stack
  std::uint64_t turn = 0;  // the watchdog's number of this callback
  // #endregion sample
};

// All but the stack and the turn. For signal handlers, too.
void take(const Running& running, Sample& sample) noexcept;

// Lines of text, each beginning with a line break: what runs, the outermost
// coroutine first, and below the innermost one the functions.
std::string text(const Sample& sample);

}  // namespace ch10
