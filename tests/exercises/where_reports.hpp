// For probes of chapter 9: a loop that keeps its reports, and counts pauses.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "chapters/09_culprit/event_loop.hpp"
#include "tests/exercises/ears.hpp"

namespace probe {

class WatchedLoop final : public ch09::EventLoop {
 public:
  explicit WatchedLoop(common::Clock& clock) : ch09::EventLoop(clock) {
    ch09::get_logger().add_handler(ears_);
  }
  ~WatchedLoop() { ch09::get_logger().remove_handler(ears_); }
  WatchedLoop(const WatchedLoop&) = delete;
  WatchedLoop& operator=(const WatchedLoop&) = delete;

  // Where the time of slow steps went, line by line.
  const std::vector<std::string>& reports() const { return ears_->lines; }
  // How often a task had a step ready without having waited for anything.
  int pauses() const { return steps_ - tasks_ - waits_; }
  // Whether a task's own code runs right now, and not the loop's.
  bool runs_a_coroutine() const { return runs_a_coroutine_; }

 protected:
  void moving(const ch09::Frame& frame, ch09::Move move) noexcept override {
    runs_a_coroutine_ = false;  // the report of the move looks at the clock
    ch09::EventLoop::moving(frame, move);
    runs_a_coroutine_ = move == ch09::Move::enter ||
                        (move == ch09::Move::leave && frame.caller());
  }
  void run_handle(ch09::LoopObject& object) noexcept override {
    if (dynamic_cast<ch09::TaskBase*>(&object)) ++steps_;
    ch09::EventLoop::run_handle(object);
  }
  void changing(ch09::FutureBase& future,
                ch09::Change change) noexcept override {
    if (dynamic_cast<ch09::TaskBase*>(&future)) {
      if (change == ch09::Change::create) ++tasks_;
      if (change == ch09::Change::wait) ++waits_;
    }
    ch09::EventLoop::changing(future, change);
  }

 private:
  struct WhereEars final : Ears {
    void emit(const ch09::LogRecord& record) override {
      if (record.message.starts_with("Where")) Ears::emit(record);
    }
  };

  std::shared_ptr<Ears> ears_ = std::make_shared<WhereEars>();
  int steps_ = 0;
  int tasks_ = 0;
  int waits_ = 0;
  bool runs_a_coroutine_ = false;
};

}  // namespace probe
