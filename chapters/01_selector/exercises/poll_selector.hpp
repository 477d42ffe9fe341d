// A selector over poll(2), which every POSIX system has.
// This file is the contract: do not edit it. Yours is poll_selector.cpp.
#pragma once

#include <poll.h>

#include <span>
#include <stdexcept>
#include <string_view>
#include <vector>

#include "chapters/01_selector/selector.hpp"

namespace exercises {

// poll(2) remembers nothing: each call is handed all that is watched. The base
// class keeps the keys and has checked the arguments before it calls you.
class PollSelector : public ch01::Selector {
 public:
  // You write this, with the promises of Selector::select(): keys that are
  // ready, each once and with no event that its key does not ask for. A
  // hang-up, an error or a closed descriptor (POLLHUP, POLLERR, POLLNVAL)
  // counts as both events. It never returns before the timeout without an
  // answer: neither because it was rounded, or is too long for poll(), nor
  // because a signal came (EINTR). With signals or without, it does not wait
  // longer than the timeout, rounded up; zero or less is no wait at all.
  // Throws std::system_error if poll() fails for another reason, and after
  // close() what check_open() throws.
  std::span<const ch01::ReadyKey> select(Timeout timeout) override;

  std::string_view name() const override { return "PollSelector"; }
  int fileno() const override { return -1; }  // poll() needs none

 protected:
  // You write these. They keep watched_, and ask the kernel nothing: what no
  // longer is an open descriptor is no mistake here.
  void add(int fd, ch01::EventMask events) override;
  void change(int fd, ch01::EventMask before, ch01::EventMask after) override;
  void remove(int fd, ch01::EventMask events) override;

  void check_open() const override {
    if (closed()) {
      throw std::invalid_argument("I/O operation on closed poll object");
    }
  }

  std::vector<pollfd> watched_;        // one for each key, in any order
  std::vector<ch01::ReadyKey> ready_;  // what select() answers
};

}  // namespace exercises
