// Step 6: a callback becomes an object.
//
//   ./workbook check 2.6    compares what it prints with 6_handles.txt
//   ./workbook hint 2.6     says a little more, each time
#include <fmt/core.h>

#include <functional>
#include <map>
#include <memory>
#include <stdexcept>
#include <utility>

#include "common/clock.hpp"

using namespace std::chrono_literals;
using std::chrono::nanoseconds;
using Callback = std::function<void()>;

struct Handle {
  Callback callback;

  // TODO: after cancel(), run() does nothing. And what the callback throws
  // does not leave run(): print "a callback has failed: " and its what().
  void cancel() {}
  void run() { callback(); }
};
using HandlePtr = std::shared_ptr<Handle>;

class Loop {
 public:
  explicit Loop(common::Clock& clock) : clock_(clock) {}
  HandlePtr call_later(nanoseconds delay, Callback callback) {
    auto handle = std::make_shared<Handle>();
    handle->callback = std::move(callback);
    timers_.emplace(clock_.now() + delay, handle);
    return handle;
  }
  void run() {
    while (!timers_.empty()) {
      const auto [when, handle] = *timers_.begin();
      timers_.erase(timers_.begin());
      clock_.sleep(when - clock_.now());
      handle->run();
    }
  }

 private:
  common::Clock& clock_;
  std::multimap<nanoseconds, HandlePtr> timers_;
};

int main() {
  common::VirtualClock clock;
  Loop loop(clock);
  const auto alarm = loop.call_later(200ms, [] { fmt::print("Rrrring!\n"); });
  loop.call_later(100ms, [&alarm] { alarm->cancel(); });
  loop.call_later(300ms, [] { throw std::runtime_error("no coffee left"); });
  loop.call_later(400ms, [] { fmt::print("at work\n"); });
  try {
    loop.run();
  } catch (const std::exception& error) {
    fmt::print("the loop has ended: {}\n", error.what());
  }
}
