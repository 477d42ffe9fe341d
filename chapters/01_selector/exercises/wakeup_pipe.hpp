// A pipe to oneself: a byte in it ends a selector's waiting.
// This file is the contract: do not edit it. Yours is wakeup_pipe.cpp.
#pragma once

#include <cstddef>

#include "common/unique_fd.hpp"

namespace exercises {

// A selector waits for descriptors and for nothing else. To end its waiting we
// need a descriptor that becomes ready: the read end of this pipe.
class WakeupPipe {
 public:
  // The end to watch for reading.
  int fileno() const { return pipe_.read.get(); }
  // The other end, for those who can only write to a descriptor: a handler of
  // signals, which leaves a byte here for each signal, at any time.
  int signal_fileno() const { return pipe_.write.get(); }

  // You write this. Makes fileno() ready to read, with one byte. Does nothing
  // if the byte of an earlier wake_up() is still in the pipe. If signals have
  // filled the pipe there is no room, and no need. Never waits.
  // Throws std::system_error, with errno, if the kernel refuses for another
  // reason; then no byte is in the pipe, and the next call tries again. The
  // read end stays open, so there is no SIGPIPE to think of.
  void wake_up();

  // You write this, too. Takes all bytes out of the pipe, whatever wrote them,
  // so that fileno() is no longer ready. Returns how many there were, which
  // may be none. Never waits.
  // Throws std::system_error, with errno, if the kernel refuses for another
  // reason than an empty pipe; what it has not taken is still there.
  std::size_t drain();

 protected:
  common::FdPair pipe_ = common::make_pipe();  // both ends non-blocking
  bool sent_ = false;  // is a byte of wake_up() in the pipe?
};

}  // namespace exercises
