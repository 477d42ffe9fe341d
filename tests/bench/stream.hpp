// A socket as coroutines see it, for echo.
#pragma once

#include <unistd.h>

#include <cerrno>
#include <optional>
#include <utility>

#include "chapters/03_coroutine_task/event_loop.hpp"
#include "tests/bench/sockets.hpp"

namespace bench {

// A descriptor that is watched all the time, as a transport of asyncio is.
template <class Loop>
class Stream {
 public:
  Stream(Loop& loop, int fd) : loop_(loop), fd_(fd) {
    loop_.add_reader(fd_, [this] {
      if (const auto future = std::exchange(waiting_, std::nullopt)) {
        future->set_result();
      }
    });
  }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  ~Stream() { loop_.remove_reader(fd_); }

  void write(const Message& message) const {
    const auto written = ::write(fd_, message.data(), message.size());
    if (written < 0) common::throw_errno("write()");
  }
  // False at the end of the stream.
  ch03::Coroutine<bool> read(Message& message) {
    ssize_t count = 0;
    while ((count = ::read(fd_, message.data(), message.size())) < 0) {
      if (errno != EAGAIN) common::throw_errno("read()");
      waiting_ = loop_.create_future();
      co_await *waiting_;
    }
    co_return count > 0;
  }

 private:
  Loop& loop_;
  int fd_;
  std::optional<ch03::Future<>> waiting_;
};

}  // namespace bench
