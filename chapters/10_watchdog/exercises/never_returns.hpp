// The call that never returns: a reading room in which a task waits for
// another one, and lets nobody go on meanwhile.
// This file is the contract: do not edit it. Yours is never_returns.cpp.
#pragma once

#include <chrono>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "chapters/10_watchdog/event_loop.hpp"

namespace exercises {

// For one at a time. It knows nothing of tasks: whoever takes it gives it back.
class Lock {
 public:
  explicit Lock(ch10::EventLoop& loop) : loop_(loop) {}

  // Takes it, and blocks the thread until it is free. So that every day ends,
  // somebody breaks it open after two minutes.
  void lock() {
    if (taken_) loop_.clock().sleep(std::chrono::minutes(2));
    taken_ = true;
  }
  // Takes it if it is free, and says whether it was.
  bool try_lock() { return !std::exchange(taken_, true); }
  void unlock() {
    taken_ = false;
    for (const auto& waiter : std::exchange(waiters_, {})) {
      if (!waiter.done()) waiter.set_result();
    }
  }
  // A future of your own, done at the next unlock(). Others may have taken it
  // again before you go on.
  ch10::Future<> next_unlock() {
    waiters_.push_back(loop_.create_future());
    return waiters_.back();
  }

 private:
  ch10::EventLoop& loop_;
  bool taken_ = false;
  std::vector<ch10::Future<>> waiters_;
};

struct Request {
  std::string reader;
  std::string kind;  // letter, map or photo
  std::string box;   // in which it is
};

struct NotThere : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class Archive {
 public:
  // How long it takes to bring a box. Of those that lie ready it is no time at
  // all, and those that are not in it are not there. Each day has another list.
  using Ways = std::map<std::string, std::chrono::nanoseconds>;

  Archive(ch10::EventLoop& where, Ways ways)
      : loop(where), scale(where), ways_(std::move(ways)) {}

  // Each box has a lock. Without it nobody may open the box, or ask for it.
  Lock& lock_of(const std::string& box) {
    return locks_.try_emplace(box, loop).first->second;
  }
  // Throws NotThere, after a moment.
  ch10::Coroutine<> bring(std::string box) {
    note(box + " is asked for");
    const auto way = ways_.find(box);
    if (way == ways_.end()) {
      co_await ch10::sleep(std::chrono::milliseconds(300));
      note(box + " is not there");
      throw NotThere(box);
    }
    if (way->second.count() > 0) co_await ch10::sleep(way->second);
    note(box + " is open");
  }
  // The letter, the map or the photo of a request, from an open box.
  void look(const Request& request) {
    note(request.reader + " looks at a " + request.kind + " from " +
         request.box);
  }
  // A map or a photo. Whoever weighs has the scale.
  void weigh(const Request& request) { note(request.reader + " weighs"); }

  const std::vector<std::string>& diary() const { return diary_; }

  ch10::EventLoop& loop;
  Lock scale;

 private:
  // With the time, to the millisecond.
  void note(const std::string& what) {
    const auto now =
        std::chrono::duration_cast<std::chrono::milliseconds>(loop.time());
    diary_.push_back(std::to_string(now.count()) + " ms: " + what);
  }

  Ways ways_;
  std::map<std::string, Lock> locks_;
  std::vector<std::string> diary_;
};

// Serves a request, in a task of its own. Returns a line for the reader.
//
// All of this must stay: what is done for a request, in the same order; the
// line, also that of a reader whose box is not there; and that nobody asks for
// a box, or looks into it, without its lock.
//
// This must become true, on every day:
// * The loop reports nothing. It is in debug mode, and its limit is 100 ms.
// * Whoever has to wait for a box gets it as soon as it is given back, in the
//   order in which they came; only one who comes in that very turn may be
//   quicker. Meanwhile others get theirs: nobody waits for a box that somebody
//   else wants. Another archive has boxes of its own.
// * A lock is free again when whoever has taken it has ended: also by an error,
//   and also if its task is cancelled, while it waits or while its box comes.
//
// Debug mode, its limit, the watchdog and the log are the business of the
// loop's owner.
ch10::Coroutine<std::string> serve(Archive& archive, Request request);

}  // namespace exercises
