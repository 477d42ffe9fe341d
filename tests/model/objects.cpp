#include "tests/model/objects.hpp"

#include <algorithm>
#include <ranges>

#include "tests/model/interpreter.hpp"

namespace model {

// --- Futures -----------------------------------------------------------------

void Future::finish(Outcome what) {
  done = true;
  outcome = std::move(what);
  unseen = !outcome.error.empty() && !was_cancelled;
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

const Outcome& Future::look() {
  unseen = false;
  return outcome;
}

bool Future::cancel() {
  unseen = false;
  if (done) return false;
  was_cancelled = true;
  finish({"", kCancelled});
  return true;
}

std::string Future::state() {
  if (!done) return "pending";
  look();
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
    resumed = waiting_on->look();
    waiting_on = nullptr;
  }
  if (std::exchange(refused, false)) resumed = {"", "Itself"};
  if (std::exchange(left, false)) resumed = {"", kCancelled};
  if (!pending.empty()) resumed = {"", std::exchange(pending, "")};
  if (!frames.front().started && !resumed.error.empty()) {
    frames.clear();  // without a report that it was never awaited
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

// A cancellation walks from a task to the future that it waits for, and so on.
// Where it reaches something that is on its path already, the last task of the
// path leaves the circle, as soon as all that it waits for has been asked: it
// will end first, and the others are told in the usual way.
bool Future::closes_circle() {
  std::vector<Future*>& path = world.cancel_path();
  if (std::ranges::find(path, this) == path.end()) return false;
  for (auto last = path.rbegin(); last != path.rend(); ++last) {
    if (auto* const task = dynamic_cast<Task*>(*last)) {
      task->in_circle = true;
      break;
    }
  }
  return true;
}

bool Task::cancel() {
  unseen = false;
  if (done) return false;
  if (closes_circle()) return true;
  ++requests;
  std::vector<Future*>& path = world.cancel_path();
  path.push_back(this);
  const FutureRef future = waiting_on;
  const bool told = future && future->cancel();
  path.pop_back();
  if (std::exchange(in_circle, false)) {
    stop_waiting();
    left = true;
    yield();
  } else if (!told) {
    pending = kCancelled;
  }
  return true;
}

int Task::uncancel() {
  if (requests == 0) return 0;
  --requests;
  if (requests == 0) pending.clear();
  return requests;
}

void Task::stop_waiting() {
  if (!waiting_on) return;
  std::erase_if(waiting_on->waiters,
                [this](const Waiter& waiter) { return waiter.task == this; });
  waiting_on = nullptr;
}

void Task::drop_frames() {
  stop_waiting();
  if (!frames.empty() && !frames.front().started) world.lost("coroutine");
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

void Gather::start(std::vector<FutureRef> futures, bool errors_are_results) {
  children = std::move(futures);
  return_exceptions = errors_are_results;
  left = children.size();
  for (const FutureRef& child : children) {
    if (child->done) continue;
    child->add_callback(std::make_shared<Handle>(
        [me = self.lock(), this, watched = child.get()] {
          child_done(*watched);
        }));
  }
  // Those that are over count immediately, when all the others are watched.
  const auto over = [](const FutureRef& child) { return child->done; };
  for (const FutureRef& child : children | std::views::filter(over)) {
    child_done(*child);
  }
}

void Gather::child_done(Future& child) {
  --left;
  // Where errors are results, they are looked at in the end, all of them.
  const bool looks = done || !return_exceptions;
  const Outcome& one = looks ? child.look() : child.outcome;
  if (done) return;
  if (!return_exceptions && !one.error.empty()) {
    finish({"", one.error});
  } else if (left == 0) {
    collect();
  }
}

void Gather::collect() {
  std::string all;
  for (const FutureRef& child : children) {
    const Outcome& one = child->look();
    all += all.empty() ? "[" : ",";
    all += one.error.empty() ? one.value : one.error;
  }
  // A cancelled gathering is one that failed with that error.
  finish(cancel_requested ? Outcome{"", kCancelled} : Outcome{all + "]", ""});
}

bool Gather::cancel() {
  if (done) return false;
  if (closes_circle()) return true;
  world.cancel_path().push_back(this);
  bool any = false;
  for (const FutureRef& child : children) any = child->cancel() || any;
  world.cancel_path().pop_back();
  cancel_requested = cancel_requested || any;
  return any;
}

void shield(const FutureRef& outer, const FutureRef& inner) {
  const auto inner_done =
      std::make_shared<Handle>([outer, watched = inner.get()] {
        const Outcome& what = watched->look();
        if (outer->done) return;
        if (watched->cancelled()) {
          outer->cancel();
        } else {
          outer->finish(what);
        }
      });
  inner->add_callback(inner_done);
  outer->add_callback(std::make_shared<Handle>(
      [inner, inner_done] { inner->remove_callback(inner_done); }));
}

}  // namespace model
