// Step 7, done: a wait that is called off.
#include <fmt/core.h>

#include <coroutine>
#include <exception>
#include <optional>
#include <vector>

#include "chapters/02_event_loop/event_loop.hpp"

struct Coroutine {
  struct promise_type {
    Coroutine get_return_object() { return {}; }
    std::suspend_never initial_suspend() { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { std::terminate(); }
  };
};

struct CancelledError {};
struct Future {
  ch02::EventLoop& loop;
  std::optional<int> result = {};
  bool cancelled = false;
  std::vector<std::coroutine_handle<>> waiters = {};
  void set_result(int value) {
    result = value;
    for (const auto waiter : waiters) loop.call_soon(waiter);
    waiters.clear();
  }
  bool await_ready() { return result.has_value(); }
  void await_suspend(std::coroutine_handle<> w) { waiters.push_back(w); }
  // #region ours
  int await_resume() {
    if (cancelled) throw CancelledError{};
    return *result;
  }
  void cancel() {
    cancelled = true;
    set_result(0);  // wakes all
  }
  // #endregion ours
};

// #region guest
Coroutine guest(const char* name, Future& soup, Future& bread) {
  try {
    co_await soup;  // and eats it
  } catch (const CancelledError&) {
    fmt::print("{} folds the napkin\n", name);
  }
  co_await bread;
  fmt::print("{} eats bread\n", name);
}
// #endregion guest

int main() {
  ch02::EventLoop loop;
  Future soup{loop};
  Future bread{loop};
  guest("Ann", soup, bread);
  guest("Bob", soup, bread);
  soup.cancel();
  bread.set_result(2);
  fmt::print("the cook goes home\n");
  loop.stop();  // after one round
  loop.run_forever();
  loop.close();
}
