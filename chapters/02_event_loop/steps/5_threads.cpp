// Step 5: a callback from another thread.
//
//   ./workbook check 2.5    compares what it prints with 5_threads.txt
//   ./workbook hint 2.5     says a little more, each time
#include <fmt/core.h>
#include <unistd.h>

#include <functional>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "chapters/01_selector/selector.hpp"
#include "common/unique_fd.hpp"

using namespace std::chrono_literals;
using Callback = std::function<void()>;

class Loop {
 public:
  Loop() { selector_->register_fd(wake_.read.get(), ch01::EVENT_READ); }
  void call_soon(Callback callback) { ready_.push_back(std::move(callback)); }
  // TODO: leave the callback in posts_, under the mutex. If it is the first
  // there, write a byte into wake_: then select() returns.
  void call_soon_threadsafe([[maybe_unused]] Callback callback) {}
  // TODO: take the byte out of wake_, and move the posts into the queue.
  void take_posts() {}
  void stop() { stopping_ = true; }
  bool can_sleep() { return selector_->select(0ns).empty(); }
  void run() {
    while (!stopping_) {
      ch01::Selector::Timeout timeout;
      if (!ready_.empty()) timeout = 0ns;
      if (!selector_->select(timeout).empty()) take_posts();
      for (const Callback& callback : std::exchange(ready_, {})) callback();
    }
  }

 private:
  std::vector<Callback> ready_;
  std::unique_ptr<ch01::Selector> selector_ = ch01::default_selector();
  bool stopping_ = false;
  std::mutex mutex_;
  std::vector<Callback> posts_;  // only with the mutex
  common::FdPair wake_ = common::make_pipe();
};

int main() {
  ::alarm(1);  // if we wait longer than a second, end this program
  Loop loop;
  int cakes = 0;
  const auto eat = [&] {
    if (++cakes == 2000) loop.call_soon_threadsafe([&] { loop.stop(); });
  };
  const auto bake = [&] {
    std::this_thread::sleep_for(20ms);
    for (int i = 0; i < 1000; ++i) loop.call_soon_threadsafe(eat);
  };
  std::thread ovens[] = {std::thread(bake), std::thread(bake)};
  loop.run();
  for (std::thread& oven : ovens) oven.join();
  fmt::print("{} cakes\n", cakes);
  if (!loop.can_sleep()) fmt::print("a byte was left in the pipe\n");
}
