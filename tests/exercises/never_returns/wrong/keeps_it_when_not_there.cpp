// A lock is given back after the look, and not if there is none.

#include <fmt/format.h>

#include "chapters/10_watchdog/exercises/never_returns.hpp"

namespace asyncio = ch10;

namespace exercises {

namespace {

asyncio::Coroutine<> take(Lock& lock) {
  while (!lock.try_lock()) co_await lock.next_unlock();
}

void put_on_scale(Archive& archive, const Request& request) {
  archive.scale.lock();
  archive.weigh(request);
  archive.scale.unlock();
}

asyncio::Coroutine<> read_letter(Archive& archive, const Request& request) {
  Lock& lock = archive.lock_of(request.box);
  co_await take(lock);
  co_await archive.bring(request.box);
  archive.look(request);
  lock.unlock();
}

asyncio::Coroutine<> unroll_map(Archive& archive, const Request& request) {
  Lock& lock = archive.lock_of(request.box);
  co_await take(lock);
  co_await archive.bring(request.box);
  archive.look(request);
  put_on_scale(archive, request);
  lock.unlock();
}

asyncio::Coroutine<> show_photo(Archive& archive, const Request& request) {
  put_on_scale(archive, request);
  Lock& lock = archive.lock_of(request.box);
  co_await take(lock);
  co_await archive.bring(request.box);
  archive.look(request);
  lock.unlock();
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
