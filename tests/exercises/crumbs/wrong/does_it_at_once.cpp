// Does the work at once, in one slow callback.

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
  for (Member* const member : members_) member->refresh_avatar();
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

void Room::run_batch() {}

}  // namespace exercises
