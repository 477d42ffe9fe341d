// Programs as coroutines on a real loop.
#include <fmt/format.h>

#include <exception>
#include <tuple>

#include "tests/model/world.hpp"

namespace model {

using ch03::Coroutine;
using ch03::Future;
using ch03::Task;
using std::chrono::seconds;

namespace {

std::string joined(const std::tuple<int, int>& values) {
  return fmt::format("[{},{}]", std::get<0>(values), std::get<1>(values));
}

std::string joined(const std::vector<ch03::Outcome<int>>& outcomes) {
  std::string all;
  for (const auto& outcome : outcomes) {
    all += all.empty() ? "[" : ",";
    const int* const value = std::get_if<0>(&outcome);
    all += value ? std::to_string(*value) : error_name(std::get<1>(outcome));
  }
  return all + "]";
}

// By value: only the await holds the future.
template <class T>
Coroutine<std::string> await_one(const Op& op, Future<T> future) {
  switch (op.code) {
    case Code::await_future:
    case Code::await_task:
    case Code::await_group:
    case Code::gather_any:
    case Code::gather_any_outcomes:
      co_return shown(co_await std::move(future));
    case Code::shield_future:
    case Code::shield_task:
    case Code::shield_group:
      co_return shown(co_await ch03::shield(std::move(future)));
    default:
      co_return shown(
          co_await ch03::wait_for(std::move(future), seconds(op.arguments[1])));
  }
}

// The result of a gathering of anything.
std::string collect(const std::vector<Any>& children, bool return_exceptions) {
  std::string all;
  for (const Any& child : children) {
    all += all.empty() ? "[" : ",";
    try {
      all += result(child);
    } catch (...) {
      if (!return_exceptions) throw;
      all += error_name(std::current_exception());
    }
  }
  return all + "]";
}

}  // namespace

// Reports its coroutine's end: by itself, or because it is destroyed.
class World::Frame {
 public:
  Frame(World& world, int script, int outer_root)
      : number(++world.instances_),
        root(outer_root ? outer_root : number),
        script_number(script),
        world_(world) {
    ++world_.frames_;
    world_.note(fmt::format("#{} start s{}", number, script));
  }
  Frame(const Frame&) = delete;
  Frame& operator=(const Frame&) = delete;
  ~Frame() {
    --world_.frames_;
    if (ended_) return;
    const auto line = fmt::format("#{} dropped", number);
    if (!world_.sorting_) {
      world_.note(line);
      return;
    }
    const auto now =
        std::chrono::duration_cast<seconds>(world_.clock_.now()).count();
    world_.sorted_[root] += fmt::format("{} {}\n", now, line);
  }

  void note(const std::string& text) const {
    world_.note(fmt::format("#{} {}", number, text));
  }
  int returns(int value) {
    ended_ = true;
    note(fmt::format("returns {}", value));
    return value;
  }
  void raises(const std::string& name) {
    ended_ = true;
    note("raises " + name);
  }

  const int number;
  const int root;  // the first coroutine of the task
  const int script_number;

 private:
  World& world_;
  bool ended_ = false;
};

World::Body World::body(int script, int root) {
  Frame frame(*this, script, root);
  for (const Op& op : program_.scripts[static_cast<std::size_t>(script)]) {
    if (!refuel()) break;
    if (op.code == Code::return_value) {
      co_return frame.returns(op.arguments[0]);
    }
    if (op.code < kFirstOfCoroutines) {
      frame.note(text(op) + ": " + plain(op));
      if (op.code == Code::raise) {
        const ProgramError error(op.arguments[0]);
        frame.raises(error.what());
        throw error;
      }
      continue;
    }
    frame.note(text(op));
    std::exception_ptr error;
    std::string outcome;
    try {
      outcome = co_await await(op, frame);
    } catch (...) {
      error = std::current_exception();
      outcome = error_name(error);
    }
    frame.note(text(op) + ": " + outcome);
    if (!error) continue;
    const int mode = op.arguments[form(op.code).arguments.find('m')];
    if (mode == kNothing || (mode == kErrors && outcome == "Cancelled")) {
      frame.raises(outcome);
      std::rethrow_exception(error);
    }
  }
  co_return frame.returns(0);
}

// Circles of tasks that wait for each other are left out.
std::optional<Task<int>> World::task_after(int slot, int script) const {
  if (slot >= kSlots) return std::nullopt;
  const auto& found = tasks_[static_cast<std::size_t>(slot)];
  if (!found || found->script <= above(script)) return std::nullopt;
  return found->task;
}

std::optional<Any> World::group_after(int slot, int script) const {
  const auto& found = groups_[static_cast<std::size_t>(slot)];
  if (!found || found->level <= above(script)) return std::nullopt;
  return found->future;
}

std::optional<World::Group> World::any(int argument, bool is_child) {
  const int number = argument % kAnyKind;
  const auto slot = static_cast<std::size_t>(number);
  switch (argument - number) {
    case kAnyFuture:
      if (!futures_[slot]) return std::nullopt;
      return Group{*futures_[slot], kScripts};
    case kAnyTask:
      if (!tasks_[slot]) return std::nullopt;
      return Group{Future<int>(tasks_[slot]->task), tasks_[slot]->script};
    case kAnyGroup:
      return groups_[slot];
    case kAnyScript: {
      if (!loop_->is_running()) return std::nullopt;
      const auto here = std::source_location::current();
      const Future<int> child =
          is_child ? ch03::as_child(body(number, 0), here)
                   : ch03::ensure_future(body(number, 0), here);
      return Group{child, number};
    }
    default:
      return std::nullopt;
  }
}

// Uses the parts of which gather() is made: its own result would have a type
// for each combination of children.
std::optional<World::Group> World::gather_any(std::span<const int> arguments,
                                              bool return_exceptions,
                                              int above) {
  std::vector<Any> children;
  int level = kScripts;
  int depth = 0;
  for (const int argument : arguments) {
    const auto child = any(argument, true);
    if (!child || child->level <= above || child->depth == kDeepest) continue;
    children.push_back(child->future);
    level = std::min(level, child->level);
    depth = std::max(depth, child->depth + 1);
  }
  if (children.empty()) return std::nullopt;
  std::vector<ch03::Ref<ch03::FutureBase>> bases;
  for (const Any& child : children) bases.push_back(base(child));
  return Group{ch03::make_gather<std::string>(
                   std::move(bases), return_exceptions,
                   [children, return_exceptions] {
                     return collect(children, return_exceptions);
                   },
                   std::source_location::current()),
               level, depth};
}

std::string World::make_group(const Op& op) {
  const auto [a, b, c, d] = op.arguments;
  std::optional<Group> made;
  if (op.code == Code::make_shield) {
    made = any(b, false);
    if (made) {
      made->future =
          std::visit([](const auto& inner) { return Any(ch03::shield(inner)); },
                     made->future);
    }
  } else {
    const std::array children{b, c, d};
    made = gather_any(children, op.code == Code::make_outcomes, -1);
  }
  if (!made) return "none";
  keep(base(made->future));
  groups_[static_cast<std::size_t>(a)] = std::move(made);
  return "ok";
}

Coroutine<std::string> World::await(const Op& op, const Frame& frame) {
  const auto [a, b, c, d] = op.arguments;
  const int script = frame.script_number;
  std::optional<Any> one;
  switch (op.code) {
    case Code::sleep:
      co_await ch03::sleep(seconds(a));
      co_return "0";
    case Code::await_coro:
      co_return std::to_string(co_await body(a, frame.root));
    case Code::gather_futures: {
      const auto first = future(a);
      const auto second = future(b);
      if (!first || !second) co_return "none";
      co_return joined(co_await ch03::gather(*first, *second));
    }
    case Code::gather_coros:
      co_return joined(co_await ch03::gather(body(a, 0), body(b, 0)));
    case Code::gather_tasks:
    case Code::gather_outcomes: {
      const auto first = task_after(a, script);
      const auto second = task_after(b, script);
      if (!first || !second) co_return "none";
      if (op.code == Code::gather_tasks) {
        co_return joined(co_await ch03::gather(*first, *second));
      }
      const std::vector<Task<int>> both{*first, *second};
      co_return joined(co_await ch03::gather_outcomes(both));
    }
    case Code::await_task: {
      const auto& slot = tasks_[static_cast<std::size_t>(a)];
      if (slot && slot->task.base() == ch03::current_task()) {
        one = Future<int>(slot->task);
      } else {
        one = task_after(a, script);
      }
      break;
    }
    case Code::await_group:
    case Code::wait_for_group:
    case Code::shield_group:
      co_return co_await await_any(op, group_after(a, script));
    case Code::gather_any:
    case Code::gather_any_outcomes: {
      const std::array children{a, b, c};
      auto made = gather_any(children, op.code == Code::gather_any_outcomes,
                             above(script));
      if (!made) co_return "none";
      co_return co_await await_any(op, std::move(made->future));
    }
    case Code::wait_for_coro:
      co_return std::to_string(
          co_await ch03::wait_for(body(a, frame.root), seconds(b)));
    case Code::wait_for_task:
    case Code::shield_task:
      one = task_after(a, script);
      break;
    default:
      one = future(a);
  }
  co_return co_await await_any(op, std::move(one));
}

Coroutine<std::string> World::await_any(const Op& op, std::optional<Any> any) {
  if (!any) co_return "none";
  Any held = *std::exchange(any, std::nullopt);
  if (auto* const number = std::get_if<Future<int>>(&held)) {
    co_return co_await await_one(op, std::move(*number));
  }
  co_return co_await await_one(op,
                               std::move(std::get<Future<std::string>>(held)));
}

}  // namespace model
