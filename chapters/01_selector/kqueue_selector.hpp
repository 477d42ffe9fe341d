// The selector of macOS and the BSDs.
#pragma once

#if __has_include(<sys/event.h>)
#define WORKBOOK_HAS_KQUEUE 1

#include <sys/event.h>
#include <sys/types.h>

#include "chapters/01_selector/selector.hpp"
#include "common/unique_fd.hpp"

namespace ch01 {

class KqueueSelector final : public Selector {
 public:
  KqueueSelector();  // Throws std::system_error.

  std::span<const ReadyKey> select(Timeout timeout) override;
  using Selector::select;
  void close() override;
  std::string_view name() const override { return "KqueueSelector"; }
  int fileno() const override;

 private:
  void add(int fd, EventMask events) override;
  void change(int fd, EventMask before, EventMask after) override;
  void remove(int fd, EventMask events) override;
  void check_open() const override;
  // One change of one filter; false when the kernel refuses.
  bool control(int fd, EventMask filter, unsigned short flags);
  std::size_t wait(Timeout timeout);

  common::UniqueFd kqueue_;
  std::vector<struct kevent> events_;
  std::vector<ReadyKey> ready_;
};

}  // namespace ch01

#endif
