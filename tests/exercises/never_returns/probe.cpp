#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "chapters/10_watchdog/exercises/never_returns.hpp"
#include "common/clock.hpp"
#include "tests/exercises/ears.hpp"
#include "tests/grader/judge/probe.hpp"

namespace {

using exercises::Archive;
using exercises::Request;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using namespace std::chrono_literals;

const std::vector<std::string> kKinds = {"letter", "map", "photo"};

struct Visit {
  milliseconds comes;  // after the one before
  Request request;
  bool elsewhere = false;                   // in the other archive
  std::optional<milliseconds> leaves = {};  // if not served by then
};

struct Wish {
  std::array<int, 2> after;  // from, to
  std::string kind;          // empty: any
  std::string box;
  std::array<int, 2> leaves = {0, 0};  // not at all
  bool elsewhere = false;              // in the other archive
};

// Calls somebody after each step.
class Loop final : public ch10::EventLoop {
 public:
  using EventLoop::EventLoop;
  std::function<void()> after_step;

 protected:
  void run_handle(ch10::LoopObject& object) noexcept override {
    ch10::EventLoop::run_handle(object);
    if (after_step) after_step();
  }
};

// A day in the archive, which lasts for an hour.
class Day {
 public:
  explicit Day(probe::Run& run) : run_(run) {
    ch10::get_logger().add_handler(ears_);
    loop_.set_debug(true);
  }
  ~Day() { ch10::get_logger().remove_handler(ears_); }
  Day(const Day&) = delete;
  Day& operator=(const Day&) = delete;

  // Names are drawn beforehand: a box that is on its way, that lies ready, or
  // that is not there.
  std::string far() {
    const std::string box = run_.name("box");
    ways_[box] = run_.microseconds(200'000, 400'000);
    return box;
  }
  std::string near() {
    const std::string box = run_.name("box");
    ways_[box] = 0ns;
    return box;
  }
  std::string missing() { return run_.name("box"); }

  // A reader comes, so many milliseconds after the one before.
  void comes(Wish wish) {
    const milliseconds after = run_.milliseconds(wish.after[0], wish.after[1]);
    if (wish.kind.empty()) wish.kind = run_.pick(kKinds);
    Visit visit{
        after, {run_.name("reader"), wish.kind, wish.box}, wish.elsewhere};
    std::string words = wish.elsewhere ? " of the other archive" : "";
    if (wish.leaves[1] > 0) {
      visit.leaves = run_.milliseconds(wish.leaves[0], wish.leaves[1]);
      words += fmt::format(", and leaves {} ms later", visit.leaves->count());
    }
    run_.step("{} ms later {} wants a {} from {}{}", after.count(),
              visit.request.reader, wish.kind, wish.box, words);
    visits_.push_back(std::move(visit));
  }

  // The second reader leaves at the moment when the first one gives the box
  // back: so many turns of the loop after that, or just before it if it is less
  // than zero. With the first turn, the second one would go on.
  void second_leaves(int turns) {
    run_.step("the second one leaves {}",
              turns < 0 ? "just before the first one gives the box back"
                        : fmt::format("in turn {} of the loop after the first "
                                      "one has given the box back",
                                      turns + 1));
    second_leaves_ = turns;
  }

  // A reason that is given takes the place of the usual ones.
  void work(const std::string& why = "") {
    Archive archive(loop_, ways_);
    Archive other(loop_, ways_);
    const auto answers = loop_.run_until_complete(open(archive, other));
    run_.why(why);
    run_.see("the loop's first report", first_report());
    run_.why(
        "debug mode, its limit, the watchdog and the log are the loop owner's "
        "business");
    run_.see("debug mode is on", loop_.debug());
    run_.see("so is the watchdog", static_cast<bool>(loop_.watchdog));
    run_.see("the limit", nanoseconds(loop_.slow_callback_duration));
    run_.why(why.empty()
                 ? "a box is asked for with its lock, and the next one who "
                   "wants it gets it when it is given back: not later, and "
                   "not before"
                 : why);
    // In which turn somebody leaves is no business of the others.
    run_.see_lines("what was done",
                   second_leaves_ ? looks(archive.diary()) : archive.diary());
    if (std::ranges::any_of(visits_, &Visit::elsewhere)) {
      run_.see_lines("what was done in the other archive", other.diary());
    }
    run_.why(why.empty() ? "each reader has a line, as before" : why);
    run_.see_lines("what the readers say", answers);
    run_.why(
        "whoever has taken a lock gives it back on every path: an error and a "
        "cancellation are ways to leave, too");
    for (const std::string& box : boxes_) {
      run_.see(box + " is free at the end", archive.lock_of(box).try_lock() &&
                                                other.lock_of(box).try_lock());
    }
    run_.see("so is the scale", archive.scale.try_lock());
    run_.why("");
    loop_.close();
  }

 private:
  // As one line, so that a message shows its end, too.
  std::string first_report() const {
    const auto& said = ears_->lines;
    if (said.empty()) return "none";
    std::string report = said[0];
    for (std::size_t i = 1; i < said.size() && said[i].starts_with("  "); ++i) {
      report += i == 1 ? said[i].substr(1) : "," + said[i].substr(1);
    }
    return report;
  }

  static std::vector<std::string> looks(const std::vector<std::string>& diary) {
    std::vector<std::string> lines;
    for (const std::string& line : diary) {
      if (line.find(" looks at ") != std::string::npos) lines.push_back(line);
    }
    return lines;
  }

  // Sends the second reader away, so many turns after the step in which the
  // first one has looked into the box, and given it back: by unlock(), or by
  // handing it over.
  void send_away_after_a_look(Archive& archive) {
    loop_.after_step = [this, &archive] {
      if (looks(archive.diary()).empty()) return;
      const auto send = send_away(*second_leaves_);
      loop_.after_step = nullptr;
      send();
    };
  }
  std::function<void()> send_away(int turns) {
    if (turns == 0) return [this] { second_.cancel(); };
    return [this, turns] {
      loop_.call_soon(ch10::named("leaves", send_away(turns - 1)));
    };
  }

  ch10::Coroutine<std::vector<std::string>> open(Archive& archive,
                                                 Archive& other) {
    std::vector<ch10::Task<std::string>> tasks;
    for (const Visit& visit : visits_) {
      co_await ch10::sleep(visit.comes);
      const Request& request = visit.request;
      if (second_leaves_ && *second_leaves_ < 0 && tasks.empty()) {
        const nanoseconds way = ways_.at(request.box);
        loop_.call_later(way,
                         ch10::named("leaves", [this] { second_.cancel(); }));
      }
      if (second_leaves_ && *second_leaves_ >= 0 && tasks.size() == 1) {
        send_away_after_a_look(archive);
      }
      Archive& where = visit.elsewhere ? other : archive;
      tasks.push_back(
          loop_.create_task(exercises::serve(where, request), request.reader));
      if (tasks.size() == 2) second_ = tasks.back();
      if (visit.leaves) {
        loop_.call_later(
            *visit.leaves,
            ch10::named("leaves", [task = tasks.back()] { task.cancel(); }));
      }
    }
    co_await ch10::sleep(1h);
    std::vector<std::string> answers;
    for (std::size_t i = 0; i < tasks.size(); ++i) {
      const Request& request = visits_[i].request;
      boxes_.insert(request.box);
      if (!tasks[i].done()) {
        answers.push_back(request.reader + " still waits");
        tasks[i].cancel();
      } else if (tasks[i].cancelled()) {
        answers.push_back(request.reader + " has left");
      } else {
        answers.push_back(tasks[i].result());
      }
    }
    co_return answers;
  }

  probe::Run& run_;
  common::VirtualClock clock_;
  Loop loop_{clock_};
  std::shared_ptr<probe::Ears> ears_ = std::make_shared<probe::Ears>();
  Archive::Ways ways_;
  std::vector<Visit> visits_;
  std::set<std::string> boxes_;
  std::optional<int> second_leaves_;
  ch10::Task<std::string> second_;
};

// Three want the same box, and one another.
void three_want(probe::Run& run, const std::string& kind) {
  Day day(run);
  const std::string box = day.far();
  const std::string other = day.far();
  day.comes({{1, 50}, kind, box});
  day.comes({{1, 50}, kind, box});
  day.comes({{1, 50}, "", other});
  day.comes({{1, 50}, kind, box});
  day.work();
}

void letters(probe::Run& run) { three_want(run, "letter"); }
void maps(probe::Run& run) { three_want(run, "map"); }
void photos(probe::Run& run) { three_want(run, "photo"); }

void not_there(probe::Run& run) {
  for (const std::string& kind : kKinds) {
    Day day(run);
    const std::string box = day.missing();
    day.comes({{1, 50}, kind, box});
    day.comes({{1, 50}, "", box});
    day.comes({{700, 900}, "", box});
    day.work();
  }
}

// The second of three who want a box leaves when its turn comes.
void leaves_in_that_moment(probe::Run& run) {
  for (const int turns : {-1, 0, 1, 2, 3, 4}) {
    Day day(run);
    const std::string box = day.far();
    day.comes({{1, 20}, "", box});
    day.comes({{1, 20}, "", box});
    day.comes({{1, 20}, "", box});
    day.second_leaves(turns);
    day.work(
        "a box that is given back is for the first one who still waits: a "
        "reader who was woken and leaves has to wake the next one");
  }
}

void leaves(probe::Run& run) {
  for (const std::string& kind : kKinds) {
    Day day(run);
    const std::string box = day.far();
    day.comes({{1, 20}, kind, box, {100, 150}});
    day.comes({{1, 20}, kind, box, {30, 60}});
    day.comes({{1, 20}, "", box});
    day.comes({{500, 900}, "", box});
    day.work();
  }
  leaves_in_that_moment(run);
}

void two_archives(probe::Run& run) {
  Day day(run);
  const std::string box = day.far();
  day.comes({{1, 50}, "", box});
  day.comes({{1, 50}, "", box});
  day.comes({.after = {1, 50}, .kind = "", .box = box, .elsewhere = true});
  day.comes({.after = {1, 50}, .kind = "", .box = box, .elsewhere = true});
  day.work(
      "another archive has its own boxes, also if their names are the same: "
      "what belongs to one archive must not be kept by name for all of them");
}

void any_day(probe::Run& run) {
  for (int i = 1; i <= 3; ++i) {
    run.step("day {}", i);
    Day day(run);
    std::vector<std::string> boxes;
    boxes.push_back(day.far());
    boxes.push_back(day.far());
    boxes.push_back(day.near());
    boxes.push_back(day.missing());
    for (int reader = 0; reader < 10; ++reader) {
      Wish wish{{1, 100}, "", run.pick(boxes)};
      if (run.number(1, 4) == 1) wish.leaves = {50, 300};
      day.comes(wish);
    }
    day.work();
  }
  two_archives(run);
}

}  // namespace

int main(int argc, char** argv) {
  return probe::main(argc, argv,
                     {{"letters", letters},
                      {"maps", maps},
                      {"photos", photos},
                      {"not_there", not_there},
                      {"leaves", leaves},
                      {"any_day", any_day}});
}
