#include "chapters/01_selector/selector.hpp"

#include <cerrno>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>

namespace ch01 {

const SelectorKey& Selector::register_fd(int fd, EventMask events,
                                         std::any data) {
  if (events == 0 || (events & ~(EVENT_READ | EVENT_WRITE)) != 0) {
    throw std::invalid_argument("Invalid events: " + std::to_string(events));
  }
  if (fd < 0) {
    throw std::invalid_argument("Invalid file descriptor: " +
                                std::to_string(fd));
  }
  check_open();
  // #region register_key
  const auto [key, added] =
      keys_.try_emplace(fd, SelectorKey{fd, events, std::move(data)});
  if (!added) {
    const std::string number = std::to_string(fd);
    throw std::out_of_range(number + " (FD " + number +
                            ") is already registered");
  }
  try {
    add(fd, events);
  } catch (...) {
    keys_.erase(key);
    throw;
  }
  return key->second;
  // #endregion register_key
}

const SelectorKey& Selector::modify(int fd, EventMask events, std::any data) {
  const auto key = find(fd);
  if (events != key->second.events) {
    try {
      change(fd, key->second.events, events);
    } catch (const std::system_error& refused) {
      const int error = refused.code().value();
      if (error == EBADF || error == ENOENT) keys_.erase(key);
      throw;
    }
  }
  key->second.events = events;
  key->second.data = std::move(data);
  return key->second;
}

SelectorKey Selector::unregister(int fd) {
  const auto found = find(fd);
  SelectorKey key = std::move(found->second);
  keys_.erase(found);
  remove(fd, key.events);
  return key;
}

const SelectorKey& Selector::get_key(int fd) const {
  if (closed_) throw std::runtime_error("Selector is closed");
  return const_cast<Selector*>(this)->find(fd)->second;
}

const Selector::KeyMap* Selector::get_map() const {
  return closed_ ? nullptr : &keys_;
}

void Selector::close() {
  closed_ = true;
  // The data's destructors may call us again: by then there is no key left.
  const KeyMap dropped = std::exchange(keys_, {});
}

Selector::KeyMap::iterator Selector::find(int fd) {
  const auto key = keys_.find(fd);
  if (key == keys_.end()) {
    throw std::out_of_range(std::to_string(fd) + " is not registered");
  }
  return key;
}

}  // namespace ch01
