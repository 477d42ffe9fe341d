// Whoever is woken lets others go first.

#include <fmt/format.h>

#include <chrono>
#include <utility>

#include "chapters/10_watchdog/exercises/never_returns.hpp"

namespace asyncio = ch10;

namespace exercises {

namespace {

// Gives a lock back when it is destroyed.
class Turn {
 public:
  explicit Turn(Lock& lock) : lock_(&lock) {}
  Turn(Turn&& other) noexcept : lock_(std::exchange(other.lock_, nullptr)) {}
  Turn& operator=(Turn&&) = delete;
  ~Turn() {
    if (lock_ != nullptr) lock_->unlock();
  }

 private:
  Lock* lock_;
};

asyncio::Coroutine<Turn> take(Lock& lock) {
  while (!lock.try_lock()) {
    co_await lock.next_unlock();
    for (int i = 0; i < 5; ++i) {
      co_await asyncio::sleep(std::chrono::milliseconds(1));
    }
  }
  co_return Turn(lock);
}

void put_on_scale(Archive& archive, const Request& request) {
  archive.scale.lock();
  archive.weigh(request);
  archive.scale.unlock();
}

asyncio::Coroutine<> read_letter(Archive& archive, const Request& request) {
  const auto turn = co_await take(archive.lock_of(request.box));
  co_await archive.bring(request.box);
  archive.look(request);
}

asyncio::Coroutine<> unroll_map(Archive& archive, const Request& request) {
  const auto turn = co_await take(archive.lock_of(request.box));
  co_await archive.bring(request.box);
  archive.look(request);
  put_on_scale(archive, request);
}

asyncio::Coroutine<> show_photo(Archive& archive, const Request& request) {
  put_on_scale(archive, request);
  const auto turn = co_await take(archive.lock_of(request.box));
  co_await archive.bring(request.box);
  archive.look(request);
}

}  // namespace

asyncio::Coroutine<std::string> serve(Archive& archive, Request request) {
  try {
    if (request.kind == "letter") {
      co_await read_letter(archive, request);
    } else if (request.kind == "map") {
      co_await unroll_map(archive, request);
    } else {
      co_await show_photo(archive, request);
    }
  } catch (const NotThere& error) {
    co_return fmt::format("{}: {} is not there", request.reader, error.what());
  }
  co_return fmt::format("{}: a {}", request.reader, request.kind);
}

}  // namespace exercises
