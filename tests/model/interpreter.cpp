#include "tests/model/interpreter.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace model {

Result run_model(const Program& program) { return Interpreter(program).run(); }

void Interpreter::note(const std::string& line) {
  result_.log += fmt::format("{} {}\n", now_, line);
}

void Interpreter::dropped(const Frame& frame) {
  if (frame.kind != Frame::Kind::script || !frame.started) return;
  const auto line = fmt::format("#{} dropped", frame.number);
  if (sorting_) {
    sorted_[frame.root] += fmt::format("{} {}\n", now_, line);
  } else {
    note(line);
  }
}

void Interpreter::bury(Future* future) {
  dying_.push_back(future);
  if (burying_) return;
  burying_ = true;
  while (!dying_.empty()) {
    Future* const dead = dying_.front();
    dying_.pop_front();
    delete dead;
  }
  burying_ = false;
}

void Interpreter::check_open() const {
  if (closed_) throw std::runtime_error("closed");
}

// --- The loop ----------------------------------------------------------------

HandleRef Interpreter::call_at(std::int64_t when, std::function<void()> call) {
  auto timer = std::make_shared<Handle>(std::move(call));
  timer->when = when;
  timer->number = ++timers_made_;
  const auto later = std::ranges::upper_bound(
      timers_, when, {}, [](const HandleRef& other) { return other->when; });
  timers_.insert(later, timer);
  return timer;
}

void Interpreter::run_forever() {
  check_open();
  if (running_) throw std::runtime_error("running");
  running_ = true;
  do {
    iteration();
  } while (!stopping_);
  running_ = stopping_ = false;
}

void Interpreter::iteration() {
  std::erase_if(timers_,
                [](const HandleRef& timer) { return timer->cancelled; });
  const auto readable = [this](std::size_t pipe) {
    return readers_[pipe] && bytes_[pipe] > 0;
  };
  bool any_readable = false;
  for (std::size_t i = 0; i < kPipes; ++i) {
    any_readable = any_readable || readable(i);
  }
  const bool waits = ready_.empty() && !stopping_ && !any_readable;
  const bool idle = waits && timers_.empty();
  const auto then =
      waits && !idle ? std::max(now_, timers_.front()->when) : now_;
  kill_if_due();  // The loop has made up its mind, and has not waited yet.
  now_ = then;
  if (idle) {
    note("idle");
    stopping_ = true;
  }
  for (std::size_t i = 0; i < kPipes; ++i) {
    if (readable(i)) ready_.push_back(readers_[i]);
  }
  while (!timers_.empty() && timers_.front()->when <= now_) {
    ready_.push_back(timers_.front());
    timers_.erase(timers_.begin());
  }
  for (std::size_t left = ready_.size(); left > 0; --left) {
    const Ready item = std::move(ready_.front());
    ready_.pop_front();
    execute(item);
  }
}

void Interpreter::execute(const Ready& item) {
  if (item->cancelled) return;
  kill_if_due();
  if (item->cancelled) return;
  if (item->is_task && ++result_.steps == program_.kill_at) kill_due_ = true;
  item->run();
}

void Interpreter::kill_if_due() {
  if (!std::exchange(kill_due_, false)) return;
  if (program_.kill == Kill::slots) clear_slots();
  if (program_.kill == Kill::loop) {
    fuel_ = 0;
    stopping_ = true;
  }
}

void Interpreter::clear_slots() {
  kept_.clear();
  for (auto& slot : handles_) slot = nullptr;
  for (auto& slot : futures_) slot = nullptr;
  for (auto& slot : tasks_) slot = nullptr;
  for (auto& slot : done_) slot = {};
}

void Interpreter::close() {
  if (running_) throw std::runtime_error("running");
  if (std::exchange(closed_, true)) return;
  sorting_ = true;
  while (!ready_.empty()) ready_.pop_front();
  const auto timers = std::exchange(timers_, {});
  for (const HandleRef& timer : timers) timer->cancel();
  readers_ = {};
  sorting_ = false;
  for (const auto& [root, lines] : std::exchange(sorted_, {})) {
    result_.log += lines;
  }
}

void Interpreter::end_of_loop() {
  close();
  sorting_ = true;
  for (const auto& weak : std::exchange(alive_, {})) {
    if (const FutureRef future = weak.lock()) future->abandon();
  }
}

Result Interpreter::run() {
  outside();
  note("teardown");
  if (!program_.slots_last) {
    sorting_ = true;
    clear_slots();
    for (const auto& [root, lines] : std::exchange(sorted_, {})) {
      result_.log += lines;
    }
  }
  end_of_loop();
  for (const auto& [root, lines] : std::exchange(sorted_, {})) {
    result_.log += lines;
  }
  sorting_ = false;
  for (const auto& future : futures_) {
    if (future) note("future " + future->state());
  }
  for (const auto& task : tasks_) {
    if (task) note("task " + task->state());
  }
  clear_slots();
  return std::move(result_);
}

}  // namespace model
