// Step 4, done: a coroutine that awaits another one.
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
      // #region end_ours
      void await_suspend(Frame ended) noexcept {
        if (ended.promise().caller) ended.promise().caller.resume();
      }
      // #endregion end_ours
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
  // #region await_ours
  void await_suspend(std::coroutine_handle<> caller) {
    frame_.promise().caller = caller;
    frame_.resume();
  }
  // #endregion await_ours
  int await_resume() { return result(); }
  void resume() const { frame_.resume(); }
  int result() const { return frame_.promise().result; }

 private:
  Frame frame_;
};

// #region guest
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
// #endregion guest

int main() {
  guest().resume();
  fmt::print("main goes home\n");
}
