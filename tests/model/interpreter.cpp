#include "tests/model/interpreter.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>
#include <stdexcept>

namespace model {

Result run_model(const Program& program) { return Interpreter(program).run(); }

bool is_report(std::string_view line) {
  const std::size_t second = line.find(' ') + 1;
  return line.substr(second).starts_with("lost ");
}

std::string without_reports(const std::string& log) {
  std::string result;
  std::istringstream lines(log);
  for (std::string line; std::getline(lines, line);) {
    if (!is_report(line)) result += line + "\n";
  }
  return result;
}

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

void Interpreter::bury(Future* dead) {
  const auto* const task = dynamic_cast<Task*>(dead);
  if (task && !task->done && task->log_pending) lost("Task pending");
  if (dead->unseen) lost(dead->kind() + " " + dead->outcome.error);
  delete dead;
}

// A report that chapter 7 and CPython make.
void Interpreter::lost(const std::string& line) {
  if (sorting_) {
    sorted_lost_.push_back(fmt::format("{} lost {}\n", now_, line));
  } else {
    note("lost " + line);
  }
}

void Interpreter::flush_sorted() {
  sorting_ = false;
  for (const auto& [root, lines] : std::exchange(sorted_, {})) {
    result_.log += lines;
  }
  std::ranges::sort(sorted_lost_);
  for (const auto& line : std::exchange(sorted_lost_, {})) result_.log += line;
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
  constexpr std::int64_t kLongestWait = 24 * 60 * 60;
  auto then = now_;
  if (waits && !idle) {
    then = std::clamp(timers_.front()->when, now_, now_ + kLongestWait);
  }
  kill_if_due();  // The loop has decided, but has not waited yet.
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
  for (auto& slot : groups_) slot = {};
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
  flush_sorted();
}

void Interpreter::end_of_loop() {
  close();
  sorting_ = true;
  for (const auto& weak : alive_) {
    const auto task = std::dynamic_pointer_cast<Task>(weak.lock());
    if (!task || task->done) continue;
    if (std::exchange(task->log_pending, false)) lost("Task pending");
  }
  for (const auto& weak : std::exchange(alive_, {})) {
    if (const FutureRef future = weak.lock()) future->abandon();
  }
  flush_sorted();
}

Result Interpreter::run() {
  outside();
  note("teardown");
  if (!program_.slots_last) {
    sorting_ = true;
    clear_slots();
    flush_sorted();
  }
  end_of_loop();
  // Half of the objects that outlive the loop are looked at.
  for (std::size_t i = 0; i < kSlots / 2; ++i) {
    if (futures_[i]) note("future " + futures_[i]->state());
    if (tasks_[i]) note("task " + tasks_[i]->state());
    if (groups_[i].future) note("group " + groups_[i].future->state());
  }
  sorting_ = true;
  clear_slots();
  flush_sorted();
  return std::move(result_);
}

}  // namespace model
