// Step 6: a value that comes from elsewhere.
//
//   ./workbook check 3.6    compares what it prints with 6_future.txt
//   ./workbook hint 3.6     says a little more, each time
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
  // TODO: keep the value, and put all waiters into the loop's queue.
  void set_result([[maybe_unused]] int value) {}
  // TODO: need we wait? And what happens when we wait?
  bool await_ready() { return false; }
  void await_suspend([[maybe_unused]] std::coroutine_handle<> w) {}
  int await_resume() { return *result; }
};

Coroutine guest(const char* name, Future& soup) {
  fmt::print("{} wants soup\n", name);
  const int price = co_await soup;
  fmt::print("{} eats, and pays {}\n", name, price);
}

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
