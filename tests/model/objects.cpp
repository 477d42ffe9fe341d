#include "tests/model/objects.hpp"

#include <algorithm>

#include "tests/model/interpreter.hpp"

namespace model {

// --- Futures -----------------------------------------------------------------

void Future::finish(Outcome what) {
  done = true;
  outcome = std::move(what);
  while (!waiters.empty()) {
    const Waiter waiter = std::move(waiters.front());
    waiters.pop_front();
    if (world.closed()) continue;
    if (waiter.callback) {
      waiter.callback->due = self.lock();
      world.schedule(waiter.callback);
    } else {
      world.schedule(waiter.task->me());
    }
  }
}

bool Future::cancel() {
  if (done) return false;
  was_cancelled = true;
  finish({"", kCancelled});
  return true;
}

std::string Future::state() const {
  if (!done) return "pending";
  if (was_cancelled) return "cancelled";
  return outcome.error.empty() ? outcome.value : outcome.error;
}

void Future::add_callback(const HandleRef& handle) {
  if (!done) {
    waiters.push_back({handle, nullptr});
    return;
  }
  handle->due = self.lock();
  world.check_open();
  world.schedule(handle);
}

int Future::remove_callback(const HandleRef& handle) {
  const auto found = std::ranges::find(waiters, handle, &Waiter::callback);
  if (found == waiters.end()) return 0;
  waiters.erase(found);
  return 1;
}

void Future::abandon() {
  if (!done) {
    done = was_cancelled = true;
    outcome = {"", kCancelled};
  }
  waiters.clear();
}

// --- Tasks -------------------------------------------------------------------

Task::Task(Interpreter& interpreter, int first_script)
    : Future(interpreter), script(first_script) {
  is_task = true;
  frames.push_back({.script = first_script});
}

Task::~Task() { drop_frames(); }

std::shared_ptr<Task> Task::me() const {
  return std::static_pointer_cast<Task>(self.lock());
}

void Task::run() {
  Outcome resumed{"0", ""};  // of sleep(0)
  if (waiting_on) {
    resumed = waiting_on->outcome;
    waiting_on = nullptr;
  }
  if (std::exchange(refused, false)) resumed = {"", "Itself"};
  if (!pending.empty()) resumed = {"", std::exchange(pending, "")};
  if (!frames.front().started && !resumed.error.empty()) {
    drop_frames();
    was_cancelled = true;
    finish(resumed);
    return;
  }
  world.step(*this, std::move(resumed));
}

void Task::wait(const FutureRef& future) {
  if (future.get() == this) {
    refused = true;
    yield();
    return;
  }
  waiting_on = future;
  future->waiters.push_back({nullptr, this});
  if (!pending.empty() && future->cancel()) pending.clear();
}

void Task::yield() { world.schedule(me()); }

bool Task::cancel() {
  if (done) return false;
  ++requests;
  const FutureRef future = waiting_on;
  if (future && future->cancel()) return true;
  pending = kCancelled;
  return true;
}

int Task::uncancel() {
  if (requests == 0) return 0;
  --requests;
  if (requests == 0) pending.clear();
  return requests;
}

void Task::drop_frames() {
  if (waiting_on) {
    std::erase_if(waiting_on->waiters,
                  [this](const Waiter& waiter) { return waiter.task == this; });
    waiting_on = nullptr;
  }
  while (!frames.empty()) {
    Frame frame = std::move(frames.back());
    frames.pop_back();
    if (frame.timer) frame.timer->cancel();
    frame.awaited = nullptr;
    if (frame.scope_timer) frame.scope_timer->cancel();
    frame.argument = nullptr;
    world.dropped(frame);
  }
}

void Task::abandon() {
  Future::abandon();
  drop_frames();
}

// --- gather() and shield() ---------------------------------------------------

Gather::~Gather() {
  for (std::size_t i = 0; i < children.size(); ++i) {
    children[i]->remove_callback(callbacks[i]);
    callbacks[i]->cancel();
  }
}

void Gather::start(std::vector<FutureRef> futures, bool errors_are_results) {
  children = std::move(futures);
  left = children.size();
  return_exceptions = errors_are_results;
  for (const FutureRef& child : children) {
    callbacks.push_back(std::make_shared<Handle>(
        [this, child = child.get()] { child_done(*child); }));
  }
  for (std::size_t i = 0; i < children.size(); ++i) {
    if (!children[i]->done) children[i]->add_callback(callbacks[i]);
  }
  for (const FutureRef& child : children) {
    if (child->done) child_done(*child);
  }
}

void Gather::child_done(Future& child) {
  --left;
  if (done) return;
  if (!return_exceptions && !child.outcome.error.empty()) {
    finish({"", child.outcome.error});
  } else if (left == 0) {
    collect();
  }
}

void Gather::collect() {
  if (cancel_requested) return finish({"", kCancelled});
  std::string all;
  for (const FutureRef& child : children) {
    const Outcome& one = child->outcome;
    all +=
        (all.empty() ? "" : ",") + (one.error.empty() ? one.value : one.error);
  }
  finish({all, ""});
}

bool Gather::cancel() {
  if (done) return false;
  bool any = false;
  for (const FutureRef& child : children) any = child->cancel() || any;
  cancel_requested = cancel_requested || any;
  return any;
}

Shield::~Shield() {
  inner->remove_callback(callback);
  callback->cancel();
}

void Shield::start(FutureRef future) {
  inner = std::move(future);
  callback = std::make_shared<Handle>([this] {
    if (done) return;
    if (inner->cancelled()) {
      cancel();
    } else {
      finish(inner->outcome);
    }
  });
  inner->add_callback(callback);
}

}  // namespace model
