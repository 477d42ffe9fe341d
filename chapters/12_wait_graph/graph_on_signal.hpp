// The wait graph for somebody outside: kill -USR1.
#pragma once

#include <signal.h>

namespace ch12 {

class EventLoop;

// While it lives, the signal makes the loop log its wait graph. There may be
// one at a time in a process. When it outlives the loop, the signal does
// nothing.
class GraphOnSignal {
 public:
  // Throws std::runtime_error if there is one already, and std::system_error
  // for a signal that cannot be handled.
  explicit GraphOnSignal(EventLoop& loop, int signal = SIGUSR1);
  GraphOnSignal(const GraphOnSignal&) = delete;
  GraphOnSignal& operator=(const GraphOnSignal&) = delete;
  ~GraphOnSignal();

 private:
  friend class EventLoop;
  static void forget(EventLoop& loop) noexcept;

  int signal_;
  struct sigaction before_;
};

}  // namespace ch12
