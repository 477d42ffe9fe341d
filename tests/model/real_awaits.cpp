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
  return fmt::format("{},{}", std::get<0>(values), std::get<1>(values));
}

std::string joined(const std::vector<ch03::Outcome<int>>& outcomes) {
  std::string all;
  for (const auto& outcome : outcomes) {
    if (!all.empty()) all += ",";
    const int* const value = std::get_if<0>(&outcome);
    all += value ? std::to_string(*value) : error_name(std::get<1>(outcome));
  }
  return all;
}

}  // namespace

// It tells of its coroutine's end: by itself, or because somebody destroys it.
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
  if (!found || found->script <= script) return std::nullopt;
  return found->task;
}

Coroutine<std::string> World::await(const Op& op, const Frame& frame) {
  const auto [a, b, c, d] = op.arguments;
  const int script = frame.script_number;
  std::optional<Future<int>> one;
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
        one = slot->task;
      } else {
        one = task_after(a, script);
      }
      break;
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
  if (!one) co_return "none";
  Future<int> held = *std::exchange(one, std::nullopt);
  switch (op.code) {
    case Code::await_future:
    case Code::await_task:
      co_return std::to_string(co_await std::move(held));
    case Code::shield_future:
    case Code::shield_task:
      co_return std::to_string(co_await ch03::shield(std::move(held)));
    default:
      co_return std::to_string(
          co_await ch03::wait_for(std::move(held), seconds(b)));
  }
}

}  // namespace model
