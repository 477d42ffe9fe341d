// Who is ready? One question to the kernel about many file descriptors.
#pragma once

#include <any>
#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <vector>

#include "common/clock.hpp"

namespace ch01 {

// The events to wait for; one descriptor may be watched for both.
// selectors.EVENT_READ, selectors.EVENT_WRITE
using EventMask = unsigned;
inline constexpr EventMask EVENT_READ = 1;
inline constexpr EventMask EVENT_WRITE = 2;

// #region selector_key
// All that the selector knows of a descriptor.  selectors.SelectorKey
struct SelectorKey {
  int fd;
  EventMask events;
  std::any data;  // anything the caller wants to find again
};

// A descriptor that can be read from or written to without waiting.
struct ReadyKey {
  const SelectorKey* key;  // valid until its fd is unregistered
  EventMask events;        // never more than key->events
};
// #endregion selector_key

// The base of all selectors keeps the keys and checks the arguments; the four
// private functions at the end are left to each platform.
//
// All errors about arguments are std::invalid_argument (Python: ValueError) or
// std::out_of_range (KeyError); a refusal of the kernel is std::system_error.
class Selector {
 public:
  using KeyMap = std::unordered_map<int, SelectorKey>;
  using Timeout = std::optional<std::chrono::nanoseconds>;

  Selector() = default;
  Selector(const Selector&) = delete;
  Selector& operator=(const Selector&) = delete;
  virtual ~Selector() = default;

  // #region selector_calls
  // Starts to watch fd.  Throws if it is watched already, or cannot be.
  const SelectorKey& register_fd(int fd, EventMask events, std::any data = {});
  // Watches for other events, or keeps other data.  Throws if fd has been
  // closed in the meantime, and then fd is no longer registered.
  const SelectorKey& modify(int fd, EventMask events, std::any data = {});
  // Stops watching; an fd that has been closed in the meantime is fine.
  SelectorKey unregister(int fd);
  // Waits until a descriptor is ready or the time is over: without a timeout
  // there is no limit, with zero or less no wait, and it is never shorter than
  // asked. The result is valid until the next call.
  virtual std::span<const ReadyKey> select(Timeout timeout) = 0;
  // #endregion selector_calls
  // The same for any unit; more than 292 years count as 292.
  template <class Rep, class Period>
  std::span<const ReadyKey> select(std::chrono::duration<Rep, Period> timeout) {
    return select(Timeout(common::Duration(timeout)));
  }
  template <class Number>
    requires std::is_arithmetic_v<Number>
  std::span<const ReadyKey> select(Number number) {
    return select(common::Duration(number));  // does not compile, and says why
  }

  const SelectorKey& get_key(int fd) const;  // Throws if fd is not registered.
  const KeyMap* get_map() const;             // nullptr after close()
  virtual void close();                      // a second call is harmless

  virtual std::string_view name() const = 0;  // "EpollSelector"
  virtual int fileno() const = 0;

 protected:
  KeyMap& keys() { return keys_; }
  bool closed() const { return closed_; }

 private:
  // #region platform
  // Each throws std::system_error when the kernel refuses.
  virtual void add(int fd, EventMask events) = 0;
  virtual void change(int fd, EventMask before, EventMask after) = 0;
  virtual void remove(int fd, EventMask events) = 0;
  // Throws std::invalid_argument: "I/O operation on closed epoll object".
  virtual void check_open() const = 0;
  // #endregion platform

  KeyMap::iterator find(int fd);

  KeyMap keys_;
  bool closed_ = false;
};

// The best selector of the platform.  selectors.DefaultSelector
[[nodiscard]] std::unique_ptr<Selector> default_selector();

}  // namespace ch01
