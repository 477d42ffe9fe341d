// Starts the slow feature before all others: it is the first to begin now.

#include "chapters/11_pulse/exercises/crumbs.hpp"

namespace exercises {

void Room::post(const std::string& text) {
  refresh_avatars();
  stop_typing();
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
