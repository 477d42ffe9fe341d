#include "common/unique_fd.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>

namespace common {

namespace {

// #region prepare
void prepare(const UniqueFd& fd) {
  const int flags = ::fcntl(fd.get(), F_GETFL);
  if (flags < 0 || ::fcntl(fd.get(), F_SETFL, flags | O_NONBLOCK) < 0 ||
      ::fcntl(fd.get(), F_SETFD, FD_CLOEXEC) < 0) {
    throw_errno("fcntl(fd " + std::to_string(fd.get()) + ")");
  }
}
// #endregion prepare

// Linux could set both flags in the call that makes the pair; macOS cannot.
FdPair prepared(const int (&ends)[2]) {
  FdPair pair{UniqueFd(ends[0]), UniqueFd(ends[1])};
  prepare(pair.read);
  prepare(pair.write);
  return pair;
}

}  // namespace

void UniqueFd::reset(int fd) noexcept {
  // A failed close is not tried again: the number may belong to another file
  // now.
  if (fd_ >= 0) ::close(fd_);
  fd_ = fd;
}

FdPair make_pipe() {
  int ends[2];
  if (::pipe(ends) < 0) throw_errno("pipe()");
  return prepared(ends);
}

FdPair make_socket_pair() {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) < 0) {
    throw_errno("socketpair(AF_UNIX)");
  }
  return prepared(ends);
}

void throw_errno(std::string_view what_was_tried) {
  const int error = errno;
  throw std::system_error(error, std::generic_category(),
                          std::string(what_was_tried));
}

}  // namespace common
