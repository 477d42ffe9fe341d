// The thread of a loop, as another thread can ask for it: it may have ended.
#pragma once

#include <chrono>
#include <optional>

#include <pthread.h>
#include <time.h>

namespace ch10 {

class LoopThread {
 public:
  LoopThread();  // the calling thread

  bool is_current() const;
  // Interrupts it. false: it has ended.
  bool send(int signal) const;
  // How long it has computed since it began. Empty: it has ended, or the
  // system does not say.
  std::optional<std::chrono::nanoseconds> cpu_time() const;

 private:
  pthread_t thread_;
#if __has_include(<mach/mach.h>)
  unsigned port_;
#else
  pid_t id_;
  clockid_t cpu_clock_;
#endif
};

}  // namespace ch10
