// One who leaves after it was woken, and before it goes on, wakes nobody else.

#include <fmt/format.h>

#include <algorithm>
#include <deque>

#include "chapters/10_watchdog/exercises/never_returns.hpp"

namespace asyncio = ch10;

namespace exercises {

namespace {

// Those who wait for a lock, in the order in which they came. The future of
// the first is done: it is the one that watches the lock.
using Line = std::deque<asyncio::Future<>>;

std::map<const Lock*, Line>& lines() {
  static std::map<const Lock*, Line> all;
  return all;
}

class Held {
 public:
  explicit Held(Lock& lock) : lock_(&lock) {}
  Held(Held&& other) noexcept : lock_(std::exchange(other.lock_, nullptr)) {}
  Held& operator=(Held&&) = delete;
  ~Held() {
    if (lock_) lock_->unlock();
  }

 private:
  Lock* lock_;
};

void step_out(const Lock& lock, const asyncio::Future<>& turn, bool next) {
  const auto found = lines().find(&lock);
  Line& line = found->second;
  line.erase(std::ranges::find(line, turn));
  if (line.empty()) {
    lines().erase(found);
  } else if (next && !line.front().done()) {
    line.front().set_result();
  }
}

asyncio::Coroutine<Held> take(Archive& archive, Lock& lock) {
  if (!lines().contains(&lock) && lock.try_lock()) co_return Held(lock);
  const asyncio::Future<> turn = archive.loop.create_future();
  Line& line = lines()[&lock];
  line.push_back(turn);
  if (line.size() == 1) turn.set_result();
  asyncio::Future<> given_back;
  try {
    co_await turn;
    while (!lock.try_lock()) {
      given_back = lock.next_unlock();
      co_await given_back;
    }
  } catch (...) {
    // Nobody has to be told if it was just given back: all know that.
    const bool was_given =
        given_back && given_back.done() && !given_back.cancelled();
    step_out(lock, turn, !was_given);
    throw;
  }
  step_out(lock, turn, true);
  co_return Held(lock);
}

asyncio::Coroutine<> put_on_scale(Archive& archive, const Request& request) {
  const Held scale = co_await take(archive, archive.scale);
  archive.weigh(request);
}

asyncio::Coroutine<> read_letter(Archive& archive, const Request& request) {
  const Held box = co_await take(archive, archive.lock_of(request.box));
  co_await archive.bring(request.box);
  archive.look(request);
}

asyncio::Coroutine<> unroll_map(Archive& archive, const Request& request) {
  const Held box = co_await take(archive, archive.lock_of(request.box));
  co_await archive.bring(request.box);
  archive.look(request);
  co_await put_on_scale(archive, request);
}

asyncio::Coroutine<> show_photo(Archive& archive, const Request& request) {
  co_await put_on_scale(archive, request);
  const Held box = co_await take(archive, archive.lock_of(request.box));
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
