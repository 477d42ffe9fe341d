#include "chapters/12_wait_graph/graph_on_signal.hpp"

#include <atomic>
#include <stdexcept>
#include <string>
#include <thread>

#include "chapters/12_wait_graph/event_loop.hpp"
#include "common/unique_fd.hpp"

namespace ch12 {

namespace {

std::atomic<bool> in_use = false;  // there is an object
std::atomic<EventLoop*> asked_loop = nullptr;
std::atomic<int> handlers = 0;  // that run now, on any thread
static_assert(std::atomic<EventLoop*>::is_always_lock_free &&
              std::atomic<int>::is_always_lock_free);

// #region handle
void handle(int) {
  ++handlers;
  if (EventLoop* const loop = asked_loop) loop->request_wait_graph();
  --handlers;
}
// #endregion handle

// A handler on another thread may still use the loop.
void wait_for_handlers() {
  while (handlers > 0) std::this_thread::yield();
}

}  // namespace

GraphOnSignal::GraphOnSignal(EventLoop& loop, int signal)
    : signal_(signal), before_() {
  if (in_use.exchange(true)) {
    throw std::runtime_error("another loop listens to a signal already");
  }
  asked_loop = &loop;
  struct sigaction action{};
  action.sa_handler = handle;
  action.sa_flags = SA_RESTART;
  if (::sigaction(signal, &action, &before_) == 0) return;
  asked_loop = nullptr;
  in_use = false;
  common::throw_errno("sigaction(" + std::to_string(signal) + ")");
}

GraphOnSignal::~GraphOnSignal() {
  ::sigaction(signal_, &before_, nullptr);
  asked_loop = nullptr;
  wait_for_handlers();
  in_use = false;
}

void GraphOnSignal::forget(EventLoop& loop) noexcept {
  EventLoop* asked = &loop;
  if (asked_loop.compare_exchange_strong(asked, nullptr)) wait_for_handlers();
}

}  // namespace ch12
