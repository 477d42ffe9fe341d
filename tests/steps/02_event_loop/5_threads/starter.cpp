// Step 5: a callback from another thread.
//
//   ./workbook check 2.5    compares what it prints with 5_threads.txt
//   ./workbook hint 2.5     says a little more, each time
#include <fmt/core.h>
#include <unistd.h>

#include <deque>
#include <functional>
#include <mutex>
#include <thread>
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
  void run() {
    while (!stopping_) {
      ch01::Selector::Timeout timeout;
      if (!ready_.empty()) timeout = 0ns;
      if (!selector_->select(timeout).empty()) take_posts();
      for (std::size_t left = ready_.size(); left > 0; --left) {
        const Callback callback = std::move(ready_.front());
        ready_.pop_front();
        callback();
      }
    }
  }

 private:
  std::deque<Callback> ready_;
  std::unique_ptr<ch01::Selector> selector_ = ch01::default_selector();
  bool stopping_ = false;
  std::mutex mutex_;
  std::vector<Callback> posts_;  // only with the mutex
  common::FdPair wake_ = common::make_pipe();
};

int main() {
  ::alarm(1);  // if we wait longer than a second, end this program
  Loop loop;
  std::thread oven([&loop] {
    std::this_thread::sleep_for(20ms);
    loop.call_soon_threadsafe([] { fmt::print("the cake is done\n"); });
    loop.call_soon_threadsafe(
        [&loop] { loop.call_soon_threadsafe([&loop] { loop.stop(); }); });
  });
  loop.run();
  oven.join();
}
