// A thread that will post, announced to the loop that waits for it.
#pragma once

#include <memory>
#include <mutex>

namespace ch12 {

class EventLoop;

// While it lives, its loop does not take its own silence for a deadlock. Give
// it to the thread that will post, which keeps it until after the post:
//
//   std::thread([&loop, expecting = asyncio::Expecting(loop)] {
//     ...
//     loop.call_soon_threadsafe(...);
//   })
//
// It may outlive the loop.
class Expecting {
 public:
  explicit Expecting(EventLoop& loop);
  Expecting(Expecting&&) noexcept = default;
  Expecting& operator=(Expecting&&) = delete;
  ~Expecting();

 private:
  friend class EventLoop;
  struct Shared {
    std::mutex mutex;
    EventLoop* loop;  // nullptr: it is gone
    int alive = 0;    // objects of this class
  };

  std::shared_ptr<Shared> shared_;
};

}  // namespace ch12
