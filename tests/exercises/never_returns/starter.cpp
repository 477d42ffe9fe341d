// Exercise never_returns (chapter 10): in which call does everybody wait?
//
// TODO: run ./workbook check never_returns. On most days the loop is held for
// two minutes, and its watchdog says where. Let the others go on there. Then no
// day has a report, and check says 11 of 11 points.

#include <fmt/format.h>

#include "chapters/10_watchdog/exercises/never_returns.hpp"

namespace asyncio = ch10;

namespace exercises {

namespace {

void put_on_scale(Archive& archive, const Request& request) {
  archive.scale.lock();
  archive.weigh(request);
  archive.scale.unlock();
}

asyncio::Coroutine<> read_letter(Archive& archive, const Request& request) {
  Lock& lock = archive.lock_of(request.box);
  lock.lock();
  co_await archive.bring(request.box);
  archive.look(request);
  lock.unlock();
}

asyncio::Coroutine<> open(Archive& archive, const Request& request) {
  archive.lock_of(request.box).lock();
  co_await archive.bring(request.box);
}

asyncio::Coroutine<> unroll_map(Archive& archive, const Request& request) {
  co_await open(archive, request);
  archive.look(request);
  put_on_scale(archive, request);
  archive.lock_of(request.box).unlock();
}

asyncio::Coroutine<> show_photo(Archive& archive, const Request& request) {
  put_on_scale(archive, request);
  Lock& lock = archive.lock_of(request.box);
  if (!lock.try_lock()) lock.lock();
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
