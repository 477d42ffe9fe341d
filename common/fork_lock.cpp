#include "common/fork_lock.hpp"

#include <pthread.h>

#include <cstddef>
#include <new>

namespace common {

namespace {

int forks_so_far = 0;

// Also makes the lock before there are threads.  os.register_at_fork
[[maybe_unused]] const int registered = [] {
  return ::pthread_atfork([] { fork_lock().lock(); },
                          [] { fork_lock().unlock(); },
                          [] {
                            ++forks_so_far;
                            fork_lock().unlock();
                          });
}();

}  // namespace

std::mutex& fork_lock() noexcept {
  // Never destroyed: destructors of static objects may log.
  alignas(std::mutex) static std::byte place[sizeof(std::mutex)];
  static auto* const mutex = new (place) std::mutex;
  return *mutex;
}

int forks() noexcept { return forks_so_far; }

}  // namespace common
