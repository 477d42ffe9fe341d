// Step 1: a function that can stop.
//
//   ./workbook run 3.1    builds this program and runs it
#include <fmt/core.h>

#include <coroutine>
#include <exception>

// #region brewing
struct Brewing {
  struct promise_type {
    Brewing get_return_object() {
      return {std::coroutine_handle<promise_type>::from_promise(*this)};
    }
    std::suspend_always initial_suspend() { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { std::terminate(); }
  };
  std::coroutine_handle<promise_type> handle;
};
// #endregion brewing

// #region brew
struct Cup {
  ~Cup() { fmt::print("  the cup is washed\n"); }
};

Brewing brew() {
  const Cup cup;
  fmt::print("  the water is on\n");
  co_await std::suspend_always{};
  fmt::print("  the water boils\n");
}
// #endregion brew

// #region main
int main() {
  const Brewing tea = brew();
  fmt::print("main has called brew()\n");
  tea.handle.resume();
  fmt::print("main reads the newspaper\n");
  tea.handle.resume();
  fmt::print("main goes to the kitchen\n");
  tea.handle.destroy();
  fmt::print("main goes to bed\n");
}
// #endregion main
