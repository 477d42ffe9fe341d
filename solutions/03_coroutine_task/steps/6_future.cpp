// Step 6, done: a value that comes from elsewhere.
#include <fmt/core.h>

#include <coroutine>
#include <exception>
#include <optional>
#include <vector>

#include "chapters/02_event_loop/event_loop.hpp"
#include "common/clock.hpp"

using namespace std::chrono_literals;

struct Coroutine {
  struct promise_type {
    Coroutine get_return_object() { return {}; }
    std::suspend_never initial_suspend() { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { std::terminate(); }
  };
};

struct Future {
  ch02::EventLoop& loop;
  std::optional<int> result = {};
  std::vector<std::coroutine_handle<>> waiters = {};
  // #region set_result
  void set_result(int value) {
    result = value;
    for (const auto waiter : waiters) loop.call_soon(waiter);
    waiters.clear();
  }
  // #endregion set_result
  // #region await
  bool await_ready() { return result.has_value(); }
  void await_suspend(std::coroutine_handle<> w) { waiters.push_back(w); }
  // #endregion await
  int await_resume() { return *result; }
};

// #region guest
Coroutine guest(const char* name, Future& soup) {
  fmt::print("{} wants soup\n", name);
  const int price = co_await soup;
  fmt::print("{} eats, and pays {}\n", name, price);
}
// #endregion guest

// #region main
int main() {
  common::VirtualClock clock;
  ch02::EventLoop loop(clock);
  Future soup{loop};
  guest("Ann", soup);
  guest("Bob", soup);
  loop.call_later(1h, [&soup] {
    soup.set_result(7);
    fmt::print("the cook washes the pot\n");
    guest("Cem", soup);
  });
  loop.call_later(2h, [&loop] { loop.stop(); });
  loop.run_forever();
  loop.close();
}
// #endregion main
