// Step 4, done: one place to sleep.
#include <fmt/core.h>

#include <deque>
#include <functional>
#include <map>

#include "chapters/01_selector/selector.hpp"
#include "common/clock.hpp"
#include "common/unique_fd.hpp"

using namespace std::chrono;  // nanoseconds, and 20ms
using Callback = std::function<void()>;

class Loop {
 public:
  int rounds = 0;
  void call_soon(Callback callback) { ready_.push_back(std::move(callback)); }
  void call_later(nanoseconds delay, Callback callback) {
    timers_.emplace(clock_.now() + delay, std::move(callback));
  }
  // #region reader
  void add_reader(int fd, Callback callback) {
    selector_->register_fd(fd, ch01::EVENT_READ, std::move(callback));
  }
  void stop() { stopping_ = true; }
  void run() {
    while (!stopping_) {
      ++rounds;
      ch01::Selector::Timeout timeout;  // none: wait as long as it takes
      if (!timers_.empty()) timeout = timers_.begin()->first - clock_.now();
      if (!ready_.empty()) timeout = 0ns;
      for (const auto& [key, events] : selector_->select(timeout)) {
        ready_.push_back(std::any_cast<Callback>(key->data));
      }
      // #endregion reader
      while (!timers_.empty() && timers_.begin()->first <= clock_.now()) {
        ready_.push_back(std::move(timers_.begin()->second));
        timers_.erase(timers_.begin());
      }
      for (std::size_t left = ready_.size(); left > 0; --left) {
        const Callback callback = std::move(ready_.front());
        ready_.pop_front();
        callback();
      }
    }
  }

 private:
  common::SystemClock clock_;
  std::deque<Callback> ready_;
  std::multimap<nanoseconds, Callback> timers_;
  std::unique_ptr<ch01::Selector> selector_ = ch01::default_selector();
  bool stopping_ = false;
};

int main() {
  auto phone = common::make_pipe();
  Loop loop;
  loop.add_reader(phone.read.get(), [&] {
    fmt::print("the line is dead{}\n", loop.rounds > 99 ? ", no sleep" : "");
    loop.stop();
  });
  loop.call_soon([&] {
    loop.call_soon([] { fmt::print("hello?\n"); });
    loop.call_later(20ms, [&] {
      fmt::print("they hang up\n");
      phone.write.reset();
    });
  });
  loop.run();
}
