// The locks of logging. A fork() leaves them usable in the child.
#pragma once

#include <memory>
#include <mutex>

namespace ch04 {

// Guards all that loggers and handlers share but emit(): their tree, their
// lists, filters, formatters. It is held for moments, and never while code of
// the program runs or another lock is taken. fork() waits for it, so a child
// finds it free and nothing half done.  logging._lock
std::mutex& module_lock() noexcept;

// A handler's own lock, held while it emits. In a child process it is a new
// one: a thread that held it is not there to unlock it.
// logging._register_at_fork_reinit_lock
class HandlerLock {
 public:
  HandlerLock();
  HandlerLock(const HandlerLock&) = delete;
  HandlerLock& operator=(const HandlerLock&) = delete;
  ~HandlerLock();

  // Keep the pointer for as long as the mutex is locked: emit() may fork.
  std::shared_ptr<std::recursive_mutex> mutex() const { return mutex_; }

 private:
  std::shared_ptr<std::recursive_mutex> mutex_;
};

}  // namespace ch04
