// The model's interpreter: how each operation works, except for the awaits.
#include <fmt/format.h>

#include <stdexcept>

#include "tests/model/interpreter.hpp"

namespace model {

namespace {

std::string yes(bool value) { return value ? "true" : "false"; }

}  // namespace

bool Interpreter::refuel() {
  if (fuel_ == 0) return false;
  --fuel_;
  ++result_.operations;
  return true;
}

void Interpreter::outside() {
  for (const Op& op : program_.scripts[0]) {
    if (op.code >= kFirstOfCoroutines) continue;
    if (!refuel()) return;
    note(fmt::format("#0 {}: {}", text(op), plain(op)));
    if (op.code == Code::raise) return;
  }
}

void Interpreter::call_script(int script, const std::string& why) {
  const int me = next_instance();
  note(fmt::format("#{} start s{}{}", me, script, why));
  for (const Op& op : program_.scripts[static_cast<std::size_t>(script)]) {
    if (op.code >= kFirstOfCoroutines) continue;
    if (!refuel()) return;
    note(fmt::format("#{} {}: {}", me, text(op), plain(op)));
    if (op.code == Code::raise) {
      return note(fmt::format("report E{}", op.arguments[0]));
    }
  }
}

std::string Interpreter::plain(const Op& op) {
  const auto [a, b, c, d] = op.arguments;
  const auto slot = static_cast<std::size_t>(a);
  try {
    switch (op.code) {
      case Code::call_soon: {
        check_open();
        auto handle =
            std::make_shared<Handle>([this, b] { call_script(b, ""); });
        ready_.push_back(handle);
        handles_[slot] = handle;
        return "ok";
      }
      case Code::call_later:
      case Code::call_at:
        check_open();
        handles_[slot] = call_at(op.code == Code::call_at ? c : now_ + c,
                                 [this, b] { call_script(b, ""); });
        return "ok";
      case Code::cancel_handle:
        if (!handles_[slot]) return "none";
        handles_[slot]->cancel();
        return "ok";
      case Code::post:
        check_open();
        ready_.push_back(
            std::make_shared<Handle>([this, a] { call_script(a, ""); }));
        return "ok";
      case Code::add_reader:
        check_open();
        if (readers_[slot]) readers_[slot]->cancel();
        readers_[slot] = std::make_shared<Handle>([this, slot, b] {
          --bytes_[slot];
          call_script(b, "");
        });
        return "ok";
      case Code::remove_reader:
        if (!readers_[slot]) return "false";
        std::exchange(readers_[slot], nullptr)->cancel();
        return "true";
      case Code::write:
        bytes_[slot] += b;
        return "ok";
      case Code::stop:
        stopping_ = true;
        return "ok";
      case Code::block:
        now_ += a;
        return "ok";
      case Code::raise:
        return "ok";
      case Code::run:
        run_forever();
        return "ok";
      case Code::close:
        close();
        return "ok";
      default:
        return with_tasks(op);
    }
  } catch (const std::runtime_error& error) {
    return error.what();
  }
}

std::string Interpreter::with_tasks(const Op& op) {
  if (is_of_groups(op.code)) return with_groups(op);
  const auto [a, b, c, d] = op.arguments;
  const auto slot = static_cast<std::size_t>(a);
  const auto other = static_cast<std::size_t>(b);
  const FutureRef future = futures_[slot];
  const TaskRef task = tasks_[slot];
  const auto finish = [&](Outcome outcome) -> std::string {
    if (!future) return "none";
    if (future->done) return "Invalid";
    if (!future->waiters.empty()) check_open();
    future->finish(std::move(outcome));
    return "ok";
  };
  const auto add_done = [&](const FutureRef& watched) -> std::string {
    if (!watched) return "none";
    auto handle =
        std::make_shared<Handle>([this, script = c, it = watched.get()] {
          call_script(script, " " + it->state());
        });
    watched->add_callback(handle);
    done_[slot] = {watched, handle};
    return "ok";
  };
  switch (op.code) {
    case Code::create_future:
      futures_[slot] = make<Future>();
      if (program_.keep) kept_.push_back(futures_[slot]);
      return "ok";
    case Code::set_result:
      return finish({std::to_string(b), ""});
    case Code::set_exception:
      return finish({"", fmt::format("E{}", b)});
    case Code::cancel_future:
      return future ? yes(future->cancel()) : "none";
    case Code::show_future:
      return future ? future->state() : "none";
    case Code::add_done:
      return add_done(futures_[other]);
    case Code::add_done_task:
      return add_done(tasks_[other]);
    case Code::remove_done:
      if (!done_[slot].future) return "none";
      return std::to_string(
          done_[slot].future->remove_callback(done_[slot].handle));
    case Code::create_task:
      tasks_[slot] = create_task(b);
      return "ok";
    case Code::cancel_task:
      return task ? yes(task->cancel()) : "none";
    case Code::uncancel:
      return task ? std::to_string(task->uncancel()) : "none";
    case Code::show_task:
      return task ? fmt::format("{} {}", task->state(), task->requests)
                  : "none";
    case Code::drop_future:
      futures_[slot] = nullptr;
      return "ok";
    case Code::drop_task:
      tasks_[slot] = nullptr;
      return "ok";
    case Code::add_done_group:
      return add_done(groups_[other].future);
    case Code::run_future:
      return future ? run_until(future) : "none";
    case Code::run_task:
      return task ? run_until(task) : "none";
    default:
      throw std::logic_error("not an operation without await");
  }
}

std::string Interpreter::with_groups(const Op& op) {
  const auto slot = static_cast<std::size_t>(op.arguments[0]);
  const FutureRef group = groups_[slot].future;
  switch (op.code) {
    case Code::make_gather:
    case Code::make_outcomes:
    case Code::make_shield:
      return make_group(op);
    case Code::cancel_group:
      return group ? yes(group->cancel()) : "none";
    case Code::show_group:
      return group ? group->state() : "none";
    case Code::drop_group:
      groups_[slot] = {};
      return "ok";
    default:
      return group ? run_until(group) : "none";
  }
}

std::string Interpreter::make_group(const Op& op) {
  const auto [a, b, c, d] = op.arguments;
  Group made;
  if (op.code == Code::make_shield) {
    made = any(b);
    if (made.future) made.future = shielded(made.future);
  } else {
    const std::array children{b, c, d};
    made = gather_any(children, op.code == Code::make_outcomes, -1);
  }
  if (!made.future) return "none";
  groups_[static_cast<std::size_t>(a)] = made;
  if (program_.keep) kept_.push_back(made.future);
  return "ok";
}

TaskRef Interpreter::create_task(int script) {
  if (closed_) lost("coroutine");
  check_open();
  TaskRef task = make<Task>(script);
  ready_.push_back(task);
  if (program_.keep) kept_.push_back(task);
  return task;
}

std::string Interpreter::run_until(const FutureRef& future) {
  check_open();
  if (running_) throw std::runtime_error("running");
  const auto stop = std::make_shared<Handle>([this] { stopping_ = true; });
  future->add_callback(stop);
  run_forever();
  future->remove_callback(stop);
  if (!future->done) return "stopped";
  const Outcome& outcome = future->look();
  return outcome.error.empty() ? outcome.value : outcome.error;
}

}  // namespace model
