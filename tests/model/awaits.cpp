// The model's interpreter: coroutines, and how they wait.
#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "tests/model/interpreter.hpp"

namespace model {

void Interpreter::step(Task& task, Outcome outcome) {
  // Each turn: the innermost coroutine goes on until one has to wait.
  bool resumed = task.frames.back().waits;
  for (;;) {
    Frame& frame = task.frames.back();
    frame.awaited = nullptr;
    if (frame.timer) std::exchange(frame.timer, nullptr)->cancel();
    if (frame.kind == Frame::Kind::script) {
      if (script_goes_on(task, outcome, resumed)) return;
    } else if (!frame.waits) {
      if (enter_wait_for(task, outcome)) return;
    } else {
      leave_wait_for(task, outcome);
    }
    // Either a coroutine was called, or the innermost one has ended.
    if (task.frames.empty()) break;
    resumed = task.frames.back().waits;
  }
  if (outcome.error.empty() && !task.pending.empty()) {
    outcome = {"", task.pending};
  }
  task.pending.clear();
  task.was_cancelled = outcome.error == kCancelled;
  task.finish(std::move(outcome));
}

// True: the task waits. False: `outcome` is how the innermost coroutine ended,
// or another one was called, or an await needed no wait.
bool Interpreter::script_goes_on(Task& task, Outcome& outcome, bool resumed) {
  Frame& frame = task.frames.back();
  const auto& ops = program_.scripts[static_cast<std::size_t>(frame.script)];
  const auto end = [&](Outcome what) {
    note(fmt::format("#{} {} {}", frame.number,
                     what.error.empty() ? "returns" : "raises",
                     what.error.empty() ? what.value : what.error));
    outcome = std::move(what);
    task.frames.pop_back();
    return false;
  };
  if (!frame.started) {
    frame.started = true;
    frame.number = next_instance();
    if (frame.root == 0) frame.root = frame.number;
    note(fmt::format("#{} start s{}", frame.number, frame.script));
  }
  if (resumed) {
    frame.waits = false;
    const Op& op = ops[frame.next - 1];
    const bool failed = !outcome.error.empty();
    note(fmt::format("#{} {}: {}", frame.number, text(op),
                     failed ? outcome.error : outcome.value));
    const auto arguments = form(op.code).arguments;
    const int mode = op.arguments[arguments.find('m')];
    if (failed && (mode == kNothing ||
                   (mode == kErrors && outcome.error == kCancelled))) {
      return end(outcome);
    }
  }
  while (frame.next < ops.size() && refuel()) {
    const Op& op = ops[frame.next++];
    if (op.code == Code::return_value) {
      return end({std::to_string(op.arguments[0]), ""});
    }
    if (op.code >= kFirstOfCoroutines) {
      note(fmt::format("#{} {}", frame.number, text(op)));
      frame.waits = true;
      outcome = {"none", ""};
      return begin_await(task, op, outcome);
    }
    note(fmt::format("#{} {}: {}", frame.number, text(op), plain(op)));
    if (op.code == Code::raise) {
      return end({"", fmt::format("E{}", op.arguments[0])});
    }
  }
  return end({"0", ""});
}

bool Interpreter::begin_await(Task& task, const Op& op, Outcome& outcome) {
  const auto [a, b, c, d] = op.arguments;
  Frame& frame = task.frames.back();
  const FutureRef none;
  const auto future = [this](int i) {
    return i < kSlots ? futures_[static_cast<std::size_t>(i)] : nullptr;
  };
  // Tasks wait for each other in a circle only where that is wanted.
  const int above = program_.circles ? -1 : frame.script;
  const auto other = [&](int i) -> TaskRef {
    if (i >= kSlots) return nullptr;
    const TaskRef& found = tasks_[static_cast<std::size_t>(i)];
    return found && found->script > above ? found : nullptr;
  };
  const auto group = [&](int i) -> FutureRef {
    const Group& found = groups_[static_cast<std::size_t>(i)];
    return found.level > above ? found.future : nullptr;
  };
  // If the future is done, goes on in the same step with its outcome.
  const auto await = [&](const FutureRef& what) {
    return what && await_future(task, what, outcome);
  };
  switch (op.code) {
    case Code::sleep: {
      if (a <= 0) {
        task.yield();
        return true;
      }
      const FutureRef woken = make<Future>();
      frame.timer = call_at(now_ + a, [woken, sleeper = task.me()]() mutable {
        const TaskRef held = std::move(sleeper);
        if (!woken->done) woken->finish({"0", ""});
      });
      return await_future(task, woken, outcome);
    }
    case Code::await_future:
      return await(future(a));
    case Code::await_task:
      if (tasks_[static_cast<std::size_t>(a)].get() == &task) {
        frame.awaited = task.me();  // until it is told of its mistake
        task.wait(frame.awaited);
        return true;
      }
      return await(other(a));
    case Code::await_coro:
      task.frames.push_back({.script = a, .root = frame.root});
      return false;
    case Code::gather_futures:
      return await(future(a) && future(b)
                       ? gather({future(a), future(b)}, false)
                       : none);
    case Code::gather_tasks:
    case Code::gather_outcomes:
      return await(
          other(a) && other(b)
              ? gather({other(a), other(b)}, op.code == Code::gather_outcomes)
              : none);
    case Code::gather_coros: {
      const std::array children{kAnyScript + a, kAnyScript + b};
      return await(gather_any(children, false, above).future);
    }
    case Code::shield_future:
      return await(future(a) ? shielded(future(a)) : none);
    case Code::shield_task:
      return await(other(a) ? shielded(other(a)) : none);
    case Code::shield_group:
      return await(group(a) ? shielded(group(a)) : none);
    case Code::await_group:
      return await(group(a));
    case Code::gather_any:
    case Code::gather_any_outcomes: {
      const std::array children{a, b, c};
      return await(
          gather_any(children, op.code == Code::gather_any_outcomes, above)
              .future);
    }
    case Code::wait_for_coro:
      return wait_for(task, none, a, b);
    case Code::wait_for_future:
      return future(a) && wait_for(task, future(a), 0, b);
    case Code::wait_for_group:
      return group(a) && wait_for(task, group(a), 0, b);
    default:
      return other(a) && wait_for(task, other(a), 0, b);
  }
}

bool Interpreter::await_future(Task& task, const FutureRef& future,
                               Outcome& outcome) {
  task.frames.back().awaited = future;
  if (!future->done || future.get() == &task) {
    task.wait(future);
    return true;
  }
  outcome = future->look();
  return false;
}

FutureRef Interpreter::gather(std::vector<FutureRef> children,
                              bool return_exceptions) {
  const auto gathered = make<Gather>();
  gathered->start(std::move(children), return_exceptions);
  return gathered;
}

Interpreter::Group Interpreter::any(int argument) {
  const int number = argument % kAnyKind;
  const auto slot = static_cast<std::size_t>(number);
  switch (argument - number) {
    case kAnyFuture:
      return {futures_[slot]};
    case kAnyTask:
      if (!tasks_[slot]) return {};
      return {tasks_[slot], tasks_[slot]->script};
    case kAnyGroup:
      return groups_[slot];
    case kAnyScript:
      if (!running_) return {};
      return {create_task(number), number};
    default:
      return {};
  }
}

// Takes those of the arguments that exist.
Interpreter::Group Interpreter::gather_any(std::span<const int> arguments,
                                           bool return_exceptions, int above) {
  Group result;
  std::vector<FutureRef> children;
  for (const int argument : arguments) {
    const auto [future, level, depth] = any(argument);
    if (!future || level <= above || depth == kDeepest) continue;
    // A task that gather() makes: the program could not have kept it.
    if (argument / kAnyKind == kAnyScript / kAnyKind) {
      static_cast<Task&>(*future).log_pending = false;
    }
    children.push_back(future);
    result.level = std::min(result.level, level);
    result.depth = std::max(result.depth, depth + 1);
  }
  if (children.empty()) return {};
  result.future = gather(std::move(children), return_exceptions);
  return result;
}

FutureRef Interpreter::shielded(const FutureRef& inner) {
  if (inner->done) return inner;
  const FutureRef outer = make<Future>();
  shield(outer, inner);
  return outer;
}

// wait_for() is a coroutine itself, for a future or for a coroutine.
bool Interpreter::wait_for(Task& task, const FutureRef& future, int script,
                           int timeout) {
  task.frames.push_back(
      {.kind = timeout > 0 ? Frame::Kind::within : Frame::Kind::no_time,
       .script = script,
       .root = task.frames.back().root,
       .argument = future,
       .timeout = timeout});
  return false;
}

bool Interpreter::enter_wait_for(Task& task, Outcome& outcome) {
  Frame& frame = task.frames.back();
  frame.waits = true;
  frame.requests = task.requests;
  if (frame.kind == Frame::Kind::within) {
    frame.expired = std::make_shared<bool>(false);
    frame.scope_timer =
        call_at(now_ + frame.timeout,
                [sleeper = task.me(), expired = frame.expired]() mutable {
                  const TaskRef held = std::move(sleeper);
                  *expired = true;
                  held->cancel();
                });
    if (frame.argument) {
      const FutureRef argument = std::move(frame.argument);
      return await_future(task, argument, outcome);
    }
    task.frames.push_back({.script = frame.script, .root = frame.root});
    return false;
  }
  if (!frame.argument) frame.argument = create_task(frame.script);
  const FutureRef argument = frame.argument;
  if (argument->done) return await_future(task, argument, outcome);
  const FutureRef waiter = make<Future>();
  frame.release = std::make_shared<Handle>([waiter] {
    if (!waiter->done) waiter->finish({"0", ""});
  });
  argument->add_callback(frame.release);
  argument->cancel();
  return await_future(task, waiter, outcome);
}

void Interpreter::leave_wait_for(Task& task, Outcome& outcome) {
  const Frame frame = std::move(task.frames.back());
  task.frames.pop_back();
  bool timed_out = false;
  if (frame.kind == Frame::Kind::within) {
    timed_out = *frame.expired && task.uncancel() <= frame.requests;
    frame.scope_timer->cancel();
  } else if (frame.release) {
    // An error is a cancellation of the task that waits.
    if (!outcome.error.empty()) {
      frame.argument->remove_callback(frame.release);
      return;
    }
    outcome = frame.argument->look();
    timed_out = true;
  }
  if (timed_out && outcome.error == kCancelled) outcome.error = "Timeout";
}

}  // namespace model
