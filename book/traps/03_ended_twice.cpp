// sanitize: address
// Resumes a coroutine that has ended.
#include <fmt/format.h>

#include <coroutine>
#include <cstdio>
#include <exception>

namespace {

struct Tea {
  struct promise_type {
    Tea get_return_object() {
      return {std::coroutine_handle<promise_type>::from_promise(*this)};
    }
    std::suspend_always initial_suspend() { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { std::terminate(); }
  };
  std::coroutine_handle<promise_type> frame;
};

Tea make_tea() {
  fmt::print("the tea is ready\n");
  co_return;
}

}  // namespace

int main() {
  // A sanitizer ends the program at once: what was printed must be out.
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);
  // #region twice
  const Tea tea = make_tea();
  tea.frame.resume();
  tea.frame.resume();  // it has ended
  // #endregion twice
  // #region fixed
  if (!tea.frame.done()) tea.frame.resume();
  // #endregion fixed
}
