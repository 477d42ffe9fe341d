// Exercise crumbs (chapter 11), solved.
//
// The report names the place: refresh_avatar(), one callback for each member,
// all in one turn. No callback is slow, so no callback can be blamed for long
// turns, and making each of them faster would only move the limit.
//
// All messages share one list and one batch. If each message had a chain of
// batches of its own, ten messages would make ten batches in each turn.
//
// The list is empty exactly if no batch is scheduled or running, so no flag is
// needed. So what runs stays in the list until it has ended: it may post a
// message, and that must not begin a second chain of batches.
//
// Another way: a task that does the work and says co_await sleep(0s) whenever
// 10 ms are over. It reads better, and has to be kept and cancelled by
// somebody.

#include "chapters/11_pulse/exercises/crumbs.hpp"

namespace exercises {

void Room::post(const std::string& text) {
  stop_typing();
  refresh_avatars();
  deliver(text);
  count_unread();
  ring();
}

void Room::stop_typing() {
  for (Member* const member : members_) {
    loop_.call_soon([member] { member->stop_typing(); });
  }
}

void Room::refresh_avatars() {
  const bool running = !todo_.empty();
  for (Member* const member : members_) {
    todo_.push_back([member] { member->refresh_avatar(); });
  }
  if (!running && !todo_.empty()) loop_.call_soon([this] { run_batch(); });
}

void Room::deliver(const std::string& text) {
  for (Member* const member : members_) {
    loop_.call_soon([member, text] { member->deliver(text); });
  }
}

void Room::count_unread() {
  for (Member* const member : members_) {
    loop_.call_soon([member] { member->count_unread(); });
  }
}

void Room::ring() {
  for (Member* const member : members_) {
    loop_.call_soon([member] { member->ring(); });
  }
}

void Room::run_batch() {
  using namespace std::chrono_literals;
  const auto end = loop_.time() + 10ms;
  while (!todo_.empty() && loop_.time() < end) {
    todo_.front()();
    todo_.pop_front();
  }
  if (!todo_.empty()) loop_.call_soon([this] { run_batch(); });
}

}  // namespace exercises
