// Step 3, done: a coroutine with an owner.
#include <fmt/core.h>

#include <coroutine>
#include <exception>

class Coroutine {
 public:
  struct promise_type;
  using Frame = std::coroutine_handle<promise_type>;
  struct promise_type {
    int result = 0;
    ~promise_type() { fmt::print("  the frame is gone\n"); }
    Coroutine get_return_object() {
      return Coroutine(Frame::from_promise(*this));
    }
    std::suspend_always initial_suspend() { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    // #region keep
    void return_value(int value) { result = value; }
    // #endregion keep
    void unhandled_exception() { std::terminate(); }
  };

  explicit Coroutine(Frame frame) : frame_(frame) {}
  Coroutine(const Coroutine&) = delete;  // one frame, one owner
  // #region destroy
  ~Coroutine() { frame_.destroy(); }
  // #endregion destroy

  void resume() const { frame_.resume(); }
  int result() const { return frame_.promise().result; }

 private:
  Frame frame_;
};

struct Cup {
  ~Cup() { fmt::print("  the cup is washed\n"); }
};

Coroutine brew() {
  const Cup cup;
  fmt::print("  the water is on\n");
  co_await std::suspend_always{};
  fmt::print("  the water boils\n");
  co_return 100;
}

// #region drink
void drink() {
  const Coroutine tea = brew();
  tea.resume();
  tea.resume();
  fmt::print("the tea has {} degrees\n", tea.result());
}

void forget() {
  const Coroutine tea = brew();
  tea.resume();
  fmt::print("the phone rings, and we forget the tea\n");
}
// #endregion drink

int main() {
  drink();
  forget();
  fmt::print("main goes to bed\n");
}
