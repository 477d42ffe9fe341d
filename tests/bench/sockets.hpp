// Connected TCP sockets for the echo benchmarks.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <array>
#include <cstddef>

#include "common/unique_fd.hpp"

namespace bench {

inline constexpr std::size_t kMessage = 64;  // bytes
// Round trips in an iteration, over all connections.
inline constexpr std::size_t kRoundTrips = 1000;
using Message = std::array<char, kMessage>;

inline int checked(int result, const char* call) {
  if (result < 0) common::throw_errno(call);
  return result;
}

// Both ends of one connection over loopback, non-blocking, without delay.
inline common::FdPair connected_sockets() {
  sockaddr_in place{};
  place.sin_family = AF_INET;
  place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* const address = reinterpret_cast<sockaddr*>(&place);
  socklen_t size = sizeof place;
  const common::UniqueFd listener(
      checked(::socket(AF_INET, SOCK_STREAM, 0), "socket()"));
  checked(::bind(listener.get(), address, size), "bind()");
  checked(::listen(listener.get(), 1), "listen()");
  checked(::getsockname(listener.get(), address, &size), "getsockname()");
  common::UniqueFd client(
      checked(::socket(AF_INET, SOCK_STREAM, 0), "socket()"));
  checked(::connect(client.get(), address, size), "connect()");
  common::UniqueFd server(checked(
      ::accept4(listener.get(), nullptr, nullptr, SOCK_NONBLOCK), "accept4()"));
  const int on = 1;
  for (const int fd : {client.get(), server.get()}) {
    checked(::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on),
            "setsockopt()");
  }
  checked(::ioctl(client.get(), FIONBIO, &on), "ioctl()");
  return {std::move(client), std::move(server)};
}

}  // namespace bench
