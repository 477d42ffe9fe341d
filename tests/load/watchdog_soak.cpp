// The watchdog of chapter 10 for minutes, under all that may go wrong: stalls,
// exceptions on their way, signals that nobody asked for, a process that is
// stopped and continued, and loops that end at any moment.
//
//   watchdog_soak [SECONDS]    a minute, unless it is told otherwise
#include <fmt/format.h>
#include <pthread.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>

#include "chapters/10_watchdog/event_loop.hpp"

namespace {

namespace asyncio = ch10;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

struct Counts {
  std::atomic<std::uint64_t> reports = 0;
  std::atomic<std::uint64_t> over = 0;
  std::atomic<std::uint64_t> stopped = 0;
  std::atomic<std::uint64_t> unanswered = 0;
  std::atomic<std::uint64_t> throwing = 0;
};
Counts counts;

struct Counter final : asyncio::Handler {
  void emit(const asyncio::LogRecord& record) override {
    const std::string& text = record.message;
    const auto has = [&](const char* words) {
      return text.find(words) != text.npos;
    };
    if (has("and still is")) ++counts.reports;
    if (has("The loop goes on")) ++counts.over;
    if (has("stood still")) ++counts.stopped;
    if (has("does not answer")) ++counts.unanswered;
    if (has("exception is on its way")) ++counts.throwing;
  }
};

void compute(Clock::duration duration) {
  const auto end = Clock::now() + duration;
  while (Clock::now() < end) {
  }
}

struct SlowEnd {
  ~SlowEnd() { std::this_thread::sleep_for(3ms); }
};

void throw_through(int depth, bool slowly) {
  const std::unique_ptr<SlowEnd> end(slowly ? new SlowEnd : nullptr);
  if (depth == 0) throw std::runtime_error("burnt");
  throw_through(depth - 1, slowly && depth % 4 == 0);
}

void throw_for(Clock::duration duration, bool slowly) {
  const auto end = Clock::now() + duration;
  while (Clock::now() < end) {
    try {
      throw_through(20, slowly);
    } catch (const std::runtime_error&) {
    }
  }
}

asyncio::Coroutine<> chain(int depth, int what, Clock::duration duration) {
  if (depth > 0) {
    co_await chain(depth - 1, what, duration);
    co_return;
  }
  if (what == 0) std::this_thread::sleep_for(duration);
  if (what == 1) compute(duration);
  if (what == 2) throw_for(duration, false);
  if (what == 3) throw_for(duration, true);
  co_await asyncio::sleep(1ms);
  if (what == 1) throw std::runtime_error("after all");
}

asyncio::Coroutine<> cook(std::mt19937& random, int dishes) {
  for (int i = 0; i < dishes; ++i) {
    const auto number = [&](int most) {
      return static_cast<int>(random() % static_cast<unsigned>(most));
    };
    try {
      co_await chain(number(40), number(4), number(20) * 1ms);
    } catch (const std::runtime_error&) {
    }
  }
}

// From another process, since a process that is stopped cannot continue itself.
pid_t stop_and_continue() {
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child != 0) return child;
#ifdef __linux__
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
  while (::kill(parent, SIGSTOP) == 0) {
    ::usleep(30'000);
    ::kill(parent, SIGCONT);
    ::usleep(400'000);
  }
  ::_exit(0);
}

int soak(std::chrono::seconds duration) {
  ch04::get_logger().add_handler(std::make_shared<Counter>());
  const auto end = Clock::now() + duration;
  const pid_t stopper = stop_and_continue();
  std::atomic<bool> enough = false;
  std::thread storm([&enough, loop_thread = ::pthread_self()] {
    std::mt19937 random(1);
    while (!enough) {
      for (auto i = random() % 50; i > 0; --i) {
        ::pthread_kill(loop_thread, SIGURG);
      }
      std::this_thread::sleep_for(std::chrono::microseconds(random() % 3000));
    }
  });
  std::mt19937 random(2);
  std::uint64_t loops = 0;
  for (; Clock::now() < end; ++loops) {
    asyncio::EventLoop loop;
    loop.set_debug(true);
    loop.slow_callback_duration = 4ms;
    loop.run_until_complete(cook(random, 1 + static_cast<int>(random() % 20)));
    loop.watchdog = random() % 2 == 0;
    loop.run_until_complete(cook(random, 1));
    loop.close();
  }
  enough = true;
  storm.join();
  ::kill(stopper, SIGKILL);
  ::waitpid(stopper, nullptr, 0);
  fmt::print(
      "{} loops: {} reports, {} of them unanswered, {} while throwing; "
      "{} times over, {} times stopped\n",
      loops, counts.reports.load(), counts.unanswered.load(),
      counts.throwing.load(), counts.over.load(), counts.stopped.load());
  // Each report has its end, unless the next one was of the same callback.
  return counts.reports > 0 && counts.over <= counts.reports ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  const int seconds = argc > 1 ? std::atoi(argv[1]) : 60;
  if (argc > 2 || seconds <= 0) {
    fmt::print(stderr, "usage: watchdog_soak [SECONDS]\n");
    return 2;
  }
  return soak(std::chrono::seconds(seconds));
}
