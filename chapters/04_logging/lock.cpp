#include "chapters/04_logging/lock.hpp"

#include <pthread.h>

#include <cstddef>
#include <new>
#include <set>

namespace ch04 {

namespace {

using HandlerMutex = std::shared_ptr<std::recursive_mutex>;

// Those of all handlers that live; guarded by the module's lock. Neither is
// ever destroyed: destructors of static objects may log.
std::set<HandlerMutex*>& handler_mutexes() {
  static auto* const mutexes = new std::set<HandlerMutex*>;
  return *mutexes;
}

void make_anew(HandlerMutex& mutex) noexcept {
  try {
    mutex = std::make_shared<std::recursive_mutex>();
  } catch (const std::bad_alloc&) {
    return;  // The old one is free, unless another thread was in it.
  }
}

void in_child() {
  for (HandlerMutex* const mutex : handler_mutexes()) make_anew(*mutex);
  module_lock().unlock();
}

// Also makes both before there are threads.  os.register_at_fork
[[maybe_unused]] const int registered = [] {
  handler_mutexes();
  return ::pthread_atfork([] { module_lock().lock(); },
                          [] { module_lock().unlock(); }, in_child);
}();

}  // namespace

std::mutex& module_lock() noexcept {
  alignas(std::mutex) static std::byte place[sizeof(std::mutex)];
  static auto* const mutex = new (place) std::mutex;  // and no destructor
  return *mutex;
}

HandlerLock::HandlerLock() : mutex_(std::make_shared<std::recursive_mutex>()) {
  const std::lock_guard lock(module_lock());
  handler_mutexes().insert(&mutex_);
}

HandlerLock::~HandlerLock() {
  const std::lock_guard lock(module_lock());
  handler_mutexes().erase(&mutex_);
}

}  // namespace ch04
