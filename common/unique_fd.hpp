// File descriptors that close themselves, and errors that say which call
// failed.
#pragma once

#include <string_view>
#include <utility>

namespace common {

// Owns one file descriptor; -1 means none.
class UniqueFd {
 public:
  UniqueFd() = default;
  explicit UniqueFd(int fd) noexcept : fd_(fd) {}
  UniqueFd(UniqueFd&& other) noexcept : fd_(other.release()) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept {
    reset(other.release());
    return *this;
  }
  ~UniqueFd() { reset(); }

  int get() const noexcept { return fd_; }
  explicit operator bool() const noexcept { return fd_ >= 0; }
  // Gives the descriptor away; the caller closes it.
  [[nodiscard]] int release() noexcept { return std::exchange(fd_, -1); }
  // Closes its descriptor, and owns fd from now on.
  void reset(int fd = -1) noexcept;

 private:
  int fd_ = -1;
};

// #region fd_pair
struct FdPair {
  UniqueFd read;
  UniqueFd write;
};

// Both ends non-blocking and close-on-exec.  Throw std::system_error.
FdPair make_pipe();
FdPair make_socket_pair();  // both ends read and write
// #endregion fd_pair

// Throws std::system_error for errno: "epoll_ctl(ADD, fd 7): Bad file
// descriptor". Call it before anything else can change errno.
[[noreturn]] void throw_errno(std::string_view what_was_tried);

}  // namespace common
