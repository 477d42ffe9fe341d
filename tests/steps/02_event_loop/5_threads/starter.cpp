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
  void call_soon(Callback callback) { ready_.push_back(std::move(callback)); }
  // TODO: leave the callback in posts_, under the mutex, and write a byte into
  // wake_. Watch wake_ from the start: when it is ready, queue the posts.
  void call_soon_threadsafe([[maybe_unused]] Callback callback) {}
  void add_reader(int fd, Callback callback) {
    selector_->register_fd(fd, ch01::EVENT_READ, std::move(callback));
  }
  void stop() { stopping_ = true; }
  void run() {
    while (!stopping_) {
      ch01::Selector::Timeout timeout;
      if (!ready_.empty()) timeout = 0ns;
      for (const auto& [key, events] : selector_->select(timeout)) {
        ready_.push_back(std::any_cast<Callback>(key->data));
      }
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
    loop.call_soon_threadsafe([&loop] {
      fmt::print("the cake is done\n");
      loop.stop();
    });
  });
  loop.run();
  oven.join();
}
