#include "chapters/03_coroutine_task/coroutine.hpp"

#include <fmt/format.h>

#include <atomic>
#include <stdexcept>

#include "common/in_turn.hpp"
#include "common/place.hpp"

namespace ch03 {

namespace {
std::atomic<NeverAwaitedHook> never_awaited_hook = nullptr;
}

void Frame::destroy_in_turn() noexcept {
  constexpr auto kEnd = [](Frame& frame) { frame.destroy(); };
  common::end_in_turn<&Frame::caller_, kEnd>(*this);
}

void Frame::throw_no_result() const {
  throw std::logic_error(
      fmt::format("coroutine '{}' ended without a co_return of its result",
                  common::function_name(defined_at_)));
}

void set_never_awaited_hook(NeverAwaitedHook hook) {
  never_awaited_hook = hook;
}

void report_never_awaited(const Frame& frame) noexcept {
  if (const NeverAwaitedHook hook = never_awaited_hook) hook(frame);
}

}  // namespace ch03
