#include "chapters/13_case_files/restaurant.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <sstream>

namespace ch13 {

using namespace std::chrono_literals;

Order parse_order(const std::string& line) {
  std::istringstream words(line);
  Order order;
  std::string where;
  if (!(words >> order.guest >> order.dish >> order.plates >> where)) {
    throw std::invalid_argument("not an order: '" + line + "'");
  }
  order.to_bar = where == "bar";
  return order;
}

// --- Stations ----------------------------------------------------------------

Station::Turn::~Turn() {
  if (!station_) return;
  station_->taken_ = false;
  station_->free_.set_result();
}

asyncio::Coroutine<Station::Turn> Station::take() {
  while (taken_) co_await asyncio::shield(asyncio::Future(free_));
  taken_ = true;
  free_ = loop_.create_future();
  loop_.set_owner(free_);
  co_return Turn(*this);
}

// --- The printer -------------------------------------------------------------

Printer::Printer(asyncio::EventLoop& loop, std::size_t room)
    : loop_(loop), room_(room), thread_([this] { run(); }) {}

Printer::~Printer() {
  {
    const std::lock_guard lock(mutex_);
    off_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void Printer::wait_for_room() {
  const auto start = loop_.time();
  while (is_full() && loop_.time() - start < 2min) loop_.clock().sleep(10ms);
  if (is_full()) room_ = std::size_t(-1);
}

asyncio::Future<> Printer::print(std::string receipt) {
  if (is_full()) throw std::runtime_error("the printer is full");
  unconfirmed_.push_back(loop_.create_future());
  asyncio::Future<> printed = unconfirmed_.back();
  std::unique_lock lock(mutex_);
  next_ = std::move(receipt);
  changed_.notify_all();
  // The thread has posted by then. So an evening on a virtual clock, which
  // jumps when nothing is to do, is always the same.
  changed_.wait(lock, [this] { return !next_; });
  return printed;
}

void Printer::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return next_ || off_; });
    if (!next_) return;
    paper_.push_back(std::move(*next_));
    loop_.call_soon_threadsafe(asyncio::named("printed", [this] {
      loop_.call_later(1s, asyncio::named("confirm", [this] { confirm(); }));
    }));
    next_.reset();
    changed_.notify_all();
  }
}

void Printer::confirm() {
  const asyncio::Future<> printed = std::move(unconfirmed_.front());
  unconfirmed_.pop_front();
  if (!printed.done()) printed.set_result();
}

// --- The restaurant ----------------------------------------------------------

Restaurant::Restaurant(asyncio::EventLoop& where, Evening evening)
    : loop(where),
      printer(where, evening.room),
      evening_(std::move(evening)),
      door_(common::make_socket_pair()) {
  for (int i = 0; i < 4; ++i) stations.emplace_back(loop);
  nanoseconds last(0);
  for (const auto& [when, order] : evening_.orders) {
    const std::string line =
        fmt::format("{} {} {} {}\n", order.guest, order.dish, order.plates,
                    order.to_bar ? "bar" : "table");
    loop.call_later(
        when, asyncio::named("guest", [this, line] {
          if (::write(door_.write.get(), line.data(), line.size()) < 0) {
            common::throw_errno("write(the door)");
          }
        }));
    last = when;
  }
  loop.call_later(last + 10ms, asyncio::named("close_door",
                                              [this] { door_.write.reset(); }));
}

asyncio::Coroutine<> Restaurant::bring_from_cellar(std::string ingredient) {
  const bool missing = evening_.missing.contains(ingredient);
  // Who looks everywhere takes longer.
  co_await asyncio::sleep(missing ? 600ms : 30ms);
  if (missing) throw OutOfStock(ingredient);
}

void Restaurant::work(const std::string& tool) {
  ++done_[tool];
  loop.clock().sleep(evening_.pace.at(tool));
}

void Restaurant::draw(int) { work("screen"); }
void Restaurant::buzz(int) { work("pager"); }
void Restaurant::remind(const std::string& guest) {
  const bool is_there = on_their_way_[guest] == 0;
  ++done_[(is_there ? "needless reminder of " : "reminder of ") + guest];
}

asyncio::Coroutine<> Restaurant::carry(std::string guest) {
  ++done_["plate"];
  ++on_their_way_[guest];
  co_await asyncio::sleep(guest == evening_.far ? 1200ms : 2ms);
  --on_their_way_[guest];
}

std::vector<std::string> Restaurant::diary() const {
  std::vector<std::string> lines;
  for (const auto& [what, times] : done_) {
    lines.push_back(fmt::format("{}: {}", what, times));
  }
  lines.push_back(fmt::format("receipts: {}", printer.paper().size()));
  return lines;
}

}  // namespace ch13
