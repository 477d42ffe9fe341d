#include "chapters/03_coroutine_task/coroutine.hpp"

#include <atomic>

namespace ch03 {

namespace {
std::atomic<NeverAwaitedHook> never_awaited_hook = nullptr;
}

void set_never_awaited_hook(NeverAwaitedHook hook) {
  never_awaited_hook = hook;
}

void report_never_awaited(const Frame& frame) noexcept {
  if (const NeverAwaitedHook hook = never_awaited_hook) hook(frame);
}

}  // namespace ch03
