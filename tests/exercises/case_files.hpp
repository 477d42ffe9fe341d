// For the exercises of chapter 13: an evening in a kitchen, and what the loop
// says about it.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "chapters/13_case_files/restaurant.hpp"
#include "common/clock.hpp"
#include "tests/exercises/ears.hpp"

namespace probe {

using Kitchen =
    std::function<ch12::Coroutine<std::vector<std::string>>(ch13::Restaurant&)>;

struct Heard {
  std::vector<std::string> log;
  std::vector<std::string> answer;
  std::vector<std::string> diary;
  bool settings_stayed = true;  // debug mode, its limits and the log
};

// A loop that looks after each step whether its owner's settings are the same.
class WatchedKitchen final : public ch12::EventLoop {
 public:
  explicit WatchedKitchen(common::Clock& clock) : ch12::EventLoop(clock) {
    set_debug(true);
    throw_on_deadlock = true;
  }
  bool stayed_as_it_was() const { return same_; }

 protected:
  void run_handle(ch12::LoopObject& object) noexcept override {
    ch12::EventLoop::run_handle(object);
    same_ = same_ && debug() && takes_pulse && watchdog && throw_on_deadlock &&
            slow_callback_duration == std::chrono::milliseconds(100) &&
            ch12::loop_logger().is_enabled_for(ch12::WARNING);
  }

 private:
  bool same_ = true;
};

inline Heard hear(const ch13::Evening& evening, const Kitchen& kitchen) {
  Heard heard;
  const ch12::CatchWarnings warnings{ch12::Record::yes};
  const auto ears = std::make_shared<Ears>();
  ch12::get_logger().add_handler(ears);
  {
    common::VirtualClock clock;
    WatchedKitchen loop(clock);
    ch13::Restaurant house(loop, evening);
    const auto tonight = loop.create_task(kitchen(house));
    try {
      heard.answer = loop.run_until_complete(tonight);
    } catch (const ch12::Deadlock&) {
      heard.answer = {"(the kitchen stands still)"};
      for (const auto& task : loop.all_tasks()) task->cancel();
      loop.run_until_complete(ch12::gather_outcomes(tonight));
    }
    heard.settings_stayed = loop.stayed_as_it_was();
    heard.diary = house.diary();
    loop.close();
  }
  ch12::get_logger().remove_handler(ears);
  heard.log = ears->lines;
  return heard;
}

}  // namespace probe
