// Step 4 of chapter 3, with two lines in the wrong order.
#include <fmt/core.h>

#include <coroutine>
#include <exception>

class Coroutine {
 public:
  struct promise_type;
  using Frame = std::coroutine_handle<promise_type>;
  struct promise_type {
    int result = 0;
    std::coroutine_handle<> caller;  // goes on when this one has ended
    struct End : std::suspend_always {
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
  // #region late
  void await_suspend(std::coroutine_handle<> caller) {
    frame_.resume();
    frame_.promise().caller = caller;
  }
  // #endregion late
  int await_resume() { return frame_.promise().result; }
  void resume() const { frame_.resume(); }

 private:
  Frame frame_;
};

Coroutine kitchen(int plates) {
  fmt::print("  the kitchen fills {} plates\n", plates);
  co_return 8 * plates;
}

Coroutine guest() {
  fmt::print("the guest orders\n");
  const int bill = co_await kitchen(2);
  fmt::print("the guest pays {}\n", bill);
  co_return 0;
}

int main() {
  guest().resume();
  fmt::print("main goes home\n");
}
