// How each operation works on a real loop, except for the awaits.
#include <fmt/format.h>

#include "tests/model/pipes.hpp"
#include "tests/model/world.hpp"

namespace model {

using ch03::Future;
using std::chrono::seconds;

namespace {

std::string yes(bool value) { return value ? "true" : "false"; }

}  // namespace

std::string error_name(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const ch03::CancelledError&) {
    return "Cancelled";
  } catch (const ch03::TimeoutError&) {
    return "Timeout";
  } catch (const ch03::InvalidStateError&) {
    return "Invalid";
  } catch (const std::exception& other) {
    const std::string_view text = other.what();
    if (text == "Event loop is closed") return "closed";
    if (text == "This event loop is already running") return "running";
    if (text == "Cannot close a running event loop") return "running";
    if (text == "Event loop stopped before Future completed.") return "stopped";
    if (text.starts_with("Task cannot await on itself: ")) return "Itself";
    return std::string(text);
  }
}

std::string state(const Any& any) {
  const auto of = [](const auto& future) -> std::string {
    if (!future.done()) return "pending";
    if (future.cancelled()) return "cancelled";
    const std::exception_ptr error = future.exception();
    return error ? error_name(error) : shown(future.result());
  };
  return std::visit(of, any);
}

std::string result(const Any& any) {
  return std::visit([](const auto& future) { return shown(future.result()); },
                    any);
}

const ch03::Ref<ch03::FutureBase>& base(const Any& any) {
  return std::visit(
      [](const auto& future) -> const auto& { return future.base(); }, any);
}

void World::outside() {
  for (const Op& op : program_.scripts[0]) {
    if (op.code >= kFirstOfCoroutines) continue;
    if (!refuel()) return;
    note(fmt::format("#0 {}: {}", text(op), plain(op)));
    if (op.code == Code::raise) return;
  }
}

void World::call_script(int script, const std::string& why) {
  const int me = ++instances_;
  note(fmt::format("#{} start s{}{}", me, script, why));
  for (const Op& op : program_.scripts[static_cast<std::size_t>(script)]) {
    if (op.code >= kFirstOfCoroutines) continue;
    if (!refuel()) return;
    note(fmt::format("#{} {}: {}", me, text(op), plain(op)));
    if (op.code == Code::raise) throw ProgramError(op.arguments[0]);
  }
}

std::string World::plain(const Op& op) {
  try {
    return op.code < kFirstOfChapter3 ? do_plain(op) : with_tasks(op);
  } catch (...) {
    sorting_ = false;
    return error_name(std::current_exception());
  }
}

std::string World::do_plain(const Op& op) {
  const auto [a, b, c, d] = op.arguments;
  const auto slot = static_cast<std::size_t>(a);
  switch (op.code) {
    case Code::call_soon:
      handles_[slot] = loop_->call_soon(callback(b));
      break;
    case Code::call_later:
      handles_[slot] = loop_->call_later(seconds(c), callback(b));
      break;
    case Code::call_at:
      handles_[slot] = loop_->call_at(seconds(c), callback(b));
      break;
    case Code::cancel_handle:
      if (!handles_[slot]) return "none";
      handles_[slot]->cancel();
      break;
    case Code::post:
      loop_->call_soon_threadsafe(callback(a));
      break;
    case Code::add_reader:
      loop_->add_reader(pipes().fd(slot), [this, slot, script = b] {
        pipes().read(slot);
        call_script(script, "");
      });
      break;
    case Code::remove_reader:
      return yes(loop_->remove_reader(pipes().fd(slot)));
    case Code::write:
      pipes().write(slot, b);
      break;
    case Code::stop:
      loop_->stop();
      break;
    case Code::block:
      clock_.advance(seconds(a));
      break;
    case Code::run:
      loop_->run_forever();
      break;
    case Code::close:
      sorting_ = true;
      loop_->close();
      flush_sorted();
      break;
    default:
      break;
  }
  return "ok";
}

std::string World::add_done(Done& slot, std::optional<Any> any, int script) {
  if (!any) return "none";
  auto handle = std::visit(
      [&](const auto& future) {
        return future.add_done_callback([this, script](auto done) {
          call_script(script, " " + state(done));
        });
      },
      *any);
  slot = {std::move(any), std::move(handle)};
  return "ok";
}

std::optional<Future<int>> World::future(int slot) const {
  if (slot >= kSlots) return std::nullopt;
  return futures_[static_cast<std::size_t>(slot)];
}

std::string World::with_groups(const Op& op) {
  const auto slot = static_cast<std::size_t>(op.arguments[0]);
  const auto group = groups_[slot];
  switch (op.code) {
    case Code::make_gather:
    case Code::make_outcomes:
    case Code::make_shield:
      return make_group(op);
    case Code::drop_group:
      groups_[slot].reset();
      return "ok";
    default:
      break;
  }
  if (!group) return "none";
  if (op.code == Code::cancel_group) return yes(base(group->future)->cancel());
  if (op.code == Code::show_group) return state(group->future);
  const auto run = [this](const auto& future) {
    return shown(tasks_loop_->run_until_complete(future));
  };
  return std::visit(run, group->future);
}

std::string World::with_tasks(const Op& op) {
  const auto [a, b, c, d] = op.arguments;
  const auto slot = static_cast<std::size_t>(a);
  const auto other = static_cast<std::size_t>(b);
  const auto until = [&](const auto& future) {
    return shown(tasks_loop_->run_until_complete(future));
  };
  if (is_of_groups(op.code)) return with_groups(op);
  switch (op.code) {
    case Code::create_future: {
      const Future<int> future = tasks_loop_->create_future<int>();
      keep(future.base());
      futures_[slot] = future;
      return "ok";
    }
    case Code::add_done:
      return add_done(done_[slot], future(b), c);
    case Code::add_done_task:
      if (!tasks_[other]) return "none";
      return add_done(done_[slot], Future<int>(tasks_[other]->task), c);
    case Code::add_done_group:
      if (!groups_[other]) return "none";
      return add_done(done_[slot], groups_[other]->future, c);
    case Code::remove_done: {
      const auto& [future, handle] = done_[slot];
      if (!future) return "none";
      return std::to_string(base(*future)->remove_callback(*handle));
    }
    case Code::create_task: {
      const TaskSlot created{tasks_loop_->create_task(body(b, 0)), b};
      keep(created.task.base());
      tasks_[slot] = created;
      return "ok";
    }
    case Code::drop_future:
      futures_[slot].reset();
      return "ok";
    case Code::drop_task:
      tasks_[slot].reset();
      return "ok";
    default:
      break;
  }
  // The other operations need the object in their slot, and hold it meanwhile.
  const auto future = this->future(a);
  const auto task = tasks_[slot];
  const bool of_task = op.code == Code::cancel_task ||
                       op.code == Code::uncancel ||
                       op.code == Code::show_task || op.code == Code::run_task;
  if (of_task ? !task : !future) return "none";
  switch (op.code) {
    case Code::set_result:
      future->set_result(b);
      return "ok";
    case Code::set_exception:
      future->set_exception(ProgramError(b));
      return "ok";
    case Code::cancel_future:
      return yes(future->cancel());
    case Code::show_future:
      return state(Any(*future));
    case Code::cancel_task:
      return yes(task->task.cancel());
    case Code::uncancel:
      return std::to_string(task->task.uncancel());
    case Code::show_task:
      return fmt::format("{} {}", state(Future<int>(task->task)),
                         task->task.cancelling());
    case Code::run_future:
      return until(*future);
    default:
      return until(task->task);
  }
}

}  // namespace model
