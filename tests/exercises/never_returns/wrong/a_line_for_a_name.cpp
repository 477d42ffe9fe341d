// Keeps those who wait by the name of the box, for all archives.

#include <fmt/format.h>

#include <algorithm>
#include <deque>

#include "chapters/10_watchdog/exercises/never_returns.hpp"

namespace asyncio = ch10;

namespace exercises {

namespace {

// Who waits for which box, in the order in which they came.
std::map<std::string, std::deque<int>> lines;
int last_ticket = 0;

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

class Place {
 public:
  explicit Place(std::string box) : box_(std::move(box)) {
    lines[box_].push_back(ticket_);
  }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  ~Place() {
    const auto line = lines.find(box_);
    std::erase(line->second, ticket_);
    if (line->second.empty()) lines.erase(line);
  }
  bool is_first() const { return lines.at(box_).front() == ticket_; }

 private:
  std::string box_;
  int ticket_ = ++last_ticket;
};

asyncio::Coroutine<Held> take(Archive& archive, const std::string& box) {
  Lock& lock = archive.lock_of(box);
  const Place place(box);
  while (!place.is_first() || !lock.try_lock()) co_await lock.next_unlock();
  co_return Held(lock);
}

asyncio::Coroutine<> put_on_scale(Archive& archive, const Request& request) {
  while (!archive.scale.try_lock()) co_await archive.scale.next_unlock();
  const Held scale(archive.scale);
  archive.weigh(request);
}

asyncio::Coroutine<> read_letter(Archive& archive, const Request& request) {
  const Held box = co_await take(archive, request.box);
  co_await archive.bring(request.box);
  archive.look(request);
}

asyncio::Coroutine<> unroll_map(Archive& archive, const Request& request) {
  const Held box = co_await take(archive, request.box);
  co_await archive.bring(request.box);
  archive.look(request);
  co_await put_on_scale(archive, request);
}

asyncio::Coroutine<> show_photo(Archive& archive, const Request& request) {
  co_await put_on_scale(archive, request);
  const Held box = co_await take(archive, request.box);
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
