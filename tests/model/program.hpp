// A random program for a loop: its operations, and its text.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace model {

enum class Code : std::uint8_t {
  // In callbacks, coroutines, and outside of the loop.
  call_soon,
  call_later,
  call_at,
  cancel_handle,
  post,
  add_reader,
  remove_reader,
  write,
  stop,
  block,
  raise,
  run,
  close,
  // The same, from chapter 3 on.
  create_future,
  set_result,
  set_exception,
  cancel_future,
  show_future,
  add_done,
  add_done_task,
  remove_done,
  create_task,
  make_gather,
  make_outcomes,
  make_shield,
  cancel_group,
  show_group,
  drop_group,
  run_group,
  add_done_group,
  cancel_task,
  uncancel,
  show_task,
  drop_future,
  drop_task,
  run_future,
  run_task,
  // In coroutines.
  sleep,
  await_future,
  await_task,
  await_coro,
  gather_futures,
  gather_tasks,
  gather_coros,
  gather_outcomes,
  wait_for_future,
  wait_for_task,
  wait_for_coro,
  shield_future,
  shield_task,
  await_group,
  wait_for_group,
  shield_group,
  gather_any,
  gather_any_outcomes,
  return_value,
  count
};

inline constexpr Code kFirstOfChapter3 = Code::create_future;
inline constexpr Code kFirstOfCoroutines = Code::sleep;
constexpr bool is_of_groups(Code code) {
  return code >= Code::make_gather && code <= Code::run_group;
}

// How an operation is written. Each letter of `arguments` is one argument: a
// slot for a handle (h), future (f), task (t), group (g: a gathering or a
// shield), done callback (d) or pipe (p), a script (s), a number (n), a kind of
// catch (m), and anything to wait for (a).
struct Form {
  std::string_view name;
  std::string_view arguments;
};
const Form& form(Code code);

// The errors that the coroutine catches at an await.
enum Catch { kNothing, kErrors, kEverything };

// An argument of kind 'a': a slot, or a script as a coroutine, or nothing.
inline constexpr int kAnyKind = 100;
inline constexpr int kAnyFuture = 0;
inline constexpr int kAnyTask = 100;
inline constexpr int kAnyGroup = 200;
inline constexpr int kAnyScript = 300;
inline constexpr int kNone = 400;

inline constexpr int kSlots = 4;
inline constexpr int kPipes = 3;
// Gatherings of gatherings: each level may make a result three times as long.
inline constexpr int kDeepest = 4;
inline constexpr int kScripts = 10;  // at most
// One run carries out so many operations; the rest is skipped. Scripts that
// call scripts that call scripts would not end in a lifetime.
inline constexpr int kFuel = 300;

struct Op {
  Code code;
  std::array<int, 4> arguments{};  // as in the form
  bool operator==(const Op&) const = default;
};
std::string text(const Op& op);

// After the n-th step of a task, something is removed.
enum class Kill { nothing, slots, loop };

// Script 0 runs outside of the loop, the others as callbacks or coroutines. A
// script names only later ones, so every program ends.
struct Program {
  bool tasks = true;       // for the loops of chapter 3 and later only
  bool keep = false;       // every future and task is held to the end
  bool slots_last = true;  // the loop is destroyed before the slots
  bool circles = false;    // tasks may wait for each other
  Kill kill = Kill::nothing;
  int kill_at = 0;
  std::vector<std::vector<Op>> scripts;
};
std::string text(const Program& program);
// Throws std::invalid_argument, with the line.
Program parse(std::string_view text);

}  // namespace model
