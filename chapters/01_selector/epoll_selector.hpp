// The selector of Linux.
#pragma once

#ifdef __linux__

#include <sys/epoll.h>

#include "chapters/01_selector/selector.hpp"
#include "common/unique_fd.hpp"

namespace ch01 {

class EpollSelector final : public Selector {
 public:
  EpollSelector();  // Throws std::system_error.

  std::span<const ReadyKey> select(Timeout timeout) override;
  using Selector::select;
  void close() override;
  std::string_view name() const override { return "EpollSelector"; }
  int fileno() const override;

 private:
  void add(int fd, EventMask events) override;
  void change(int fd, EventMask before, EventMask after) override;
  void remove(int fd, EventMask events) override;
  void check_open() const override;
  void control(int operation, std::string_view name, int fd, EventMask events);
  std::size_t wait(Timeout timeout);

  common::UniqueFd epoll_;
  // Room for as many answers as there are keys, so that select() allocates
  // nothing once the registrations are made.
  std::vector<epoll_event> events_;
  std::vector<ReadyKey> ready_;
};

}  // namespace ch01

#endif  // __linux__
