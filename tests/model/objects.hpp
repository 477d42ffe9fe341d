// The model's loop, futures and tasks: plain state machines. References are
// shared_ptrs, with the book's rules: a task lives while a variable, the ready
// queue, a timer that will wake it, or a gathering that waits for it holds it.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/model/program.hpp"

namespace model {

class Interpreter;

// Something that may be in the ready queue.
struct Item {
  virtual ~Item() = default;
  virtual void run() = 0;
  bool cancelled = false;
  bool is_task = false;
};
using Ready = std::shared_ptr<Item>;

struct Handle : Item {
  explicit Handle(std::function<void()> callback) : call(std::move(callback)) {}
  void run() override {
    running = true;
    if (call) call();
    running = false;
    if (cancelled) call = nullptr;
  }
  void cancel() {
    // The callback's captures may end now, and cancel this again.
    if (std::exchange(cancelled, true)) return;
    if (!running) call = nullptr;
  }

  std::function<void()> call;
  std::shared_ptr<void> due;  // a done callback holds its future when due
  std::int64_t when = 0;
  std::int64_t number = 0;
  bool running = false;
};
using HandleRef = std::shared_ptr<Handle>;

struct Task;

// The outcome of an await: a value, or the name of an error.
struct Outcome {
  std::string value;
  std::string error;
};
inline const std::string kCancelled = "Cancelled";

struct Future {
  explicit Future(Interpreter& interpreter) : world(interpreter) {}
  Future(const Future&) = delete;
  Future& operator=(const Future&) = delete;
  virtual ~Future() = default;
  virtual std::string kind() const { return "Future"; }

  // The future changes and wakes those who wait, in order.
  void finish(Outcome what);
  // Looks at the outcome: its error is unseen no more.
  const Outcome& look();
  virtual bool cancel();
  bool closes_circle();
  bool cancelled() const { return done && was_cancelled; }
  std::string state();  // looks at it
  void add_callback(const HandleRef& handle);
  int remove_callback(const HandleRef& handle);
  virtual void abandon();  // its loop is destroyed

  struct Waiter {
    HandleRef callback;    // held
    Task* task = nullptr;  // not held: waiting keeps no task alive
  };

  Interpreter& world;
  std::weak_ptr<Future> self;
  bool done = false;
  bool was_cancelled = false;
  bool unseen = false;  // an error that will be reported
  Outcome outcome;
  std::deque<Waiter> waiters;
};
using FutureRef = std::shared_ptr<Future>;

// One coroutine of a task, and the objects that its await holds.
struct Frame {
  enum class Kind { script, within, no_time } kind = Kind::script;
  int script = 0;
  int number = 0;  // of the instance
  int root = 0;
  std::size_t next = 0;  // operation
  bool started = false;
  bool waits = false;  // at its last operation
  FutureRef awaited = {};
  HandleRef timer = {};
  FutureRef argument = {};  // of wait_for
  HandleRef release = {};   // without time: wakes it when that is cancelled
  std::int64_t timeout = 0;
  int requests = 0;  // to cancel the task, when it began
  std::shared_ptr<bool> expired = {};
  HandleRef scope_timer = {};
};

struct Task : Future, Item {
  Task(Interpreter& interpreter, int first_script);
  ~Task() override;
  std::string kind() const override { return "Task"; }
  void run() override;  // one step
  bool cancel() override;
  int uncancel();
  void abandon() override;
  std::shared_ptr<Task> me() const;
  void wait(const FutureRef& future);
  void yield();
  void stop_waiting();
  void drop_frames();

  std::vector<Frame> frames;  // outermost first
  FutureRef waiting_on;
  std::string pending;     // an error to be thrown into it
  bool refused = false;    // it tried to await itself
  bool in_circle = false;  // a cancellation in progress has found it
  bool left = false;       // it was taken out of the circle
  int requests = 0;
  int script;
  bool log_pending = true;  // its end is reported if it is pending
};
using TaskRef = std::shared_ptr<Task>;

// The callbacks of a gathering hold it, and it holds its children: it lives
// until the last of them is done.
struct Gather : Future {
  using Future::Future;
  std::string kind() const override { return "_GatheringFuture"; }
  void start(std::vector<FutureRef> futures, bool errors_are_results);
  void child_done(Future& child);
  bool cancel() override;
  void collect();

  std::vector<FutureRef> children;
  std::size_t left = 0;
  bool return_exceptions = false;
  bool cancel_requested = false;
};

// Until one of the two is done, the callbacks of each hold the other. If a
// closed loop has dropped the callback of the inner one, the outer one holds
// itself, by way of its own callback, until the loop is destroyed.
void shield(const FutureRef& outer, const FutureRef& inner);

}  // namespace model
