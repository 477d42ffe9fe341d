// The signal that wakes the sleeper.
#include <fmt/format.h>
#include <time.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <memory>
#include <string>

#include "chapters/10_watchdog/event_loop.hpp"
#include "common/clock.hpp"

namespace asyncio = ch10;

namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

// #region bake
int bake(std::chrono::seconds duration) {
  timespec left{};
  left.tv_sec = duration.count();
  return ::nanosleep(&left, nullptr);
}
// #endregion bake

// #region bake_on
int bake_on(std::chrono::seconds duration) {
  timespec left{};
  left.tv_sec = duration.count();
  int result = 0;
  do {
    result = ::nanosleep(&left, &left);
  } while (result != 0 && errno == EINTR);
  return result;
}
// #endregion bake_on

// A report takes another number of milliseconds each time.
struct FirstWords final : asyncio::Handler {
  void emit(const asyncio::LogRecord& record) override {
    const std::string& text = record.message;
    if (text.starts_with("The loop has been"))
      fmt::print("{} ...\n", text.substr(0, 22));
  }
};

void try_oven(const char* name, int (*oven)(std::chrono::seconds),
              bool watchdog) {
  int result = 0;
  int error = 0;
  Clock::duration took{};
  {
    asyncio::EventLoop loop;
    loop.set_debug(true);
    loop.watchdog = watchdog;
    loop.slow_callback_duration = 300ms;
    loop.call_soon([&] {
      const auto begin = Clock::now();
      result = oven(2s);
      error = errno;
      took = Clock::now() - begin;
      loop.stop();
    });
    loop.run_forever();
    loop.close();
  }  // the watchdog has written all
  fmt::print("{}: {} after {} s\n", name,
             result == 0 ? "baked" : std::strerror(error), took / 1s);
}

}  // namespace

int main() {
  ch04::get_logger().add_handler(std::make_shared<FirstWords>());
  // #region ovens
  try_oven("bake, no watchdog", bake, false);
  try_oven("bake, watched", bake, true);
  try_oven("bake_on, watched", bake_on, true);
  // #endregion ovens
}
