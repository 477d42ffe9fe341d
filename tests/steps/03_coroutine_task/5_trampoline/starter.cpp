// Step 5: a driver that is told who goes on.
//
//   ./workbook check 3.5    compares what it prints with 5_trampoline.txt
//   ./workbook hint 3.5     says a little more, each time
#include <fmt/core.h>

#include <coroutine>
#include <cstdio>
#include <exception>
#include <utility>

std::coroutine_handle<> next;  // empty: nothing is left to do
void drive(std::coroutine_handle<> first) {
  for (next = first; next;) std::exchange(next, nullptr).resume();
}

class Coroutine {
 public:
  struct promise_type;
  using Frame = std::coroutine_handle<promise_type>;
  struct promise_type {
    int result = 0;
    std::coroutine_handle<> caller;  // goes on when this one has ended
    struct End : std::suspend_always {
      // TODO, and below: say who goes on, instead of resuming it.
      void await_suspend(Frame ended) noexcept {
        if (ended.promise().caller) ended.promise().caller.resume();
      }
    };
    Coroutine get_return_object() {
      return Coroutine(Frame::from_promise(*this));
    }
    std::suspend_always initial_suspend() { return {}; }
    End final_suspend() noexcept { return {}; }
    void return_value(int value) { result = value; }
    void unhandled_exception() { std::terminate(); }
  };

  explicit Coroutine(Frame frame) : frame_(frame) {}
  Coroutine(const Coroutine&) = delete;  // one frame, one owner
  ~Coroutine() { frame_.destroy(); }
  bool await_ready() { return false; }
  void await_suspend(std::coroutine_handle<> caller) {
    frame_.promise().caller = caller;
    frame_.resume();
  }
  int await_resume() { return frame_.promise().result; }
  void resume() const { drive(frame_); }

 private:
  Frame frame_;
};

Coroutine plate() { co_return 1; }
Coroutine pile(int plates) {
  if (plates == 0) co_return 0;
  co_return 1 + co_await pile(plates - 1);  // on top of all others
}
Coroutine dinner(int plates) {
  int served = 0;
  for (int i = 0; i < plates; ++i) served += co_await plate();
  fmt::print(stderr, "{} plates served\n", served);
  fmt::print(stderr, "{} plates in a pile\n", co_await pile(plates));
  co_return served;
}

int main() {
  dinner(10).resume();
  dinner(100'000).resume();
}
