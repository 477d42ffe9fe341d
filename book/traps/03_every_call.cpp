// Says which function of a promise and of an awaiter is called, and when.
#include <fmt/format.h>

#include <coroutine>
#include <exception>

namespace {

void say(const char* what) { fmt::print("  {}\n", what); }

// #region awaiter
struct Question {
  bool await_ready() const {
    say("await_ready: no");
    return false;
  }
  void await_suspend(std::coroutine_handle<>) const { say("await_suspend"); }
  int await_resume() const {
    say("await_resume: 41");
    return 41;
  }
};
// #endregion awaiter

struct Local {
  Local() { say("a local variable is made"); }
  ~Local() { say("the local variable is destroyed"); }
};

struct Told {
  struct promise_type {
    promise_type() { say("the promise is made"); }
    ~promise_type() { say("the promise is destroyed"); }
    Told get_return_object() {
      say("get_return_object");
      return {std::coroutine_handle<promise_type>::from_promise(*this)};
    }
    std::suspend_always initial_suspend() {
      say("initial_suspend");
      return {};
    }
    Question await_transform(Question question) {
      say("await_transform");
      return question;
    }
    void return_value(int value) {
      say("return_value");
      result = value;
    }
    void unhandled_exception() { std::terminate(); }
    std::suspend_always final_suspend() noexcept {
      say("final_suspend");
      return {};
    }
    int result = 0;
  };
  std::coroutine_handle<promise_type> handle;
};

// #region body
Told told() {
  const Local local;
  const int answer = co_await Question{};
  co_return answer + 1;
}
// #endregion body

}  // namespace

int main() {
  // #region caller
  fmt::print("the call\n");
  const Told object = told();
  fmt::print("the first resume()\n");
  object.handle.resume();
  fmt::print("the second resume()\n");
  object.handle.resume();
  fmt::print("destroy(), after a look at {}\n", object.handle.promise().result);
  object.handle.destroy();
  // #endregion caller
}
