// The smallest coroutine type, and a frame that nobody owns.
#include <fmt/format.h>

#include <coroutine>
#include <exception>

namespace {

// #region smallest
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
// #endregion smallest

// #region brew
struct Cup {
  ~Cup() { fmt::print("the cup is washed\n"); }
};

Brewing brew() {
  const Cup cup;
  fmt::print("the water is on\n");
  co_await std::suspend_always{};
  fmt::print("the water boils\n");
}
// #endregion brew

// #region both_halves
void both_halves() {
  const Brewing tea = brew();
  fmt::print("nothing has happened yet\n");
  tea.handle.resume();
  fmt::print("we read the newspaper\n");
  tea.handle.resume();
  tea.handle.destroy();
}
// #endregion both_halves

// #region one_half
void one_half() {
  const Brewing tea = brew();
  tea.handle.resume();
  fmt::print("the phone rings, and we forget the tea\n");
}
// #endregion one_half

}  // namespace

// A build with AddressSanitizer may look for lost memory too, when the program
// ends. Here the loss is intended.
extern "C" const char* __asan_default_options() { return "detect_leaks=0"; }

int main() {
  both_halves();
  one_half();
  fmt::print("main returns\n");
}
