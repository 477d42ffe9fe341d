#include "common/output.hpp"

#include <pthread.h>
#include <unistd.h>

#include <cerrno>
#include <ctime>
#include <string>

#include "common/unique_fd.hpp"

namespace common {

namespace {

::sigset_t only_sigpipe() noexcept {
  ::sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGPIPE);
  return set;
}

bool is_pending() noexcept {
  ::sigset_t pending;
  sigemptyset(&pending);
  ::sigpending(&pending);
  return sigismember(&pending, SIGPIPE) == 1;
}

void take_pending() noexcept {
  const ::sigset_t set = only_sigpipe();
#ifdef __APPLE__  // has no sigtimedwait
  int taken = 0;
  if (is_pending()) ::sigwait(&set, &taken);
#else
  const std::timespec at_once{};
  while (::sigtimedwait(&set, nullptr, &at_once) < 0 && errno == EINTR) {
  }
#endif
}

// Both return 0, or the errno of the failure.
int try_to_write(int fd, std::string_view text) noexcept {
  const NoSigpipe guard;
  while (!text.empty()) {
    const ssize_t count = ::write(fd, text.data(), text.size());
    if (count >= 0) {
      text.remove_prefix(static_cast<std::size_t>(count));
    } else if (errno != EINTR) {
      return errno;
    }
  }
  return 0;
}

int try_to_write(std::FILE* stream, std::string_view text) noexcept {
  const NoSigpipe guard;
  ::flockfile(stream);
  errno = 0;
  const bool written =
      std::fwrite(text.data(), 1, text.size(), stream) == text.size();
  const bool flushed = std::fflush(stream) == 0;
  const int error = errno;
  ::funlockfile(stream);
  if (written && flushed) return 0;
  return error == 0 ? EIO : error;
}

void check(int error, std::string_view name) {
  if (error == 0) return;
  errno = error;
  throw_errno("write(" + std::string(name) + ")");
}

}  // namespace

NoSigpipe::NoSigpipe() noexcept {
  const ::sigset_t set = only_sigpipe();
  ::pthread_sigmask(SIG_BLOCK, &set, &before_);
  // Only a signal that was blocked already can be pending from before.
  if (sigismember(&before_, SIGPIPE) == 1) was_pending_ = is_pending();
}

NoSigpipe::~NoSigpipe() {
  const int error = errno;
  if (!was_pending_) take_pending();
  ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  errno = error;
}

void write_text(std::FILE* stream, std::string_view text,
                std::string_view name) {
  check(try_to_write(stream, text), name);
}

void write_text(int fd, std::string_view text, std::string_view name) {
  check(try_to_write(fd, text), name);
}

void write_error(std::string_view text) noexcept { try_to_write(stderr, text); }

}  // namespace common
