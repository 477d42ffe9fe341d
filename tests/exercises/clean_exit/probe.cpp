#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "chapters/07_resource_warning/exercises/clean_exit.hpp"
#include "common/clock.hpp"
#include "tests/grader/judge/probe.hpp"

namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

std::string one_line(const std::string& text) {
  std::string result;
  for (const char c : text) {
    if (c == '\n') {
      result += " / ";
    } else {
      result += c;
    }
  }
  return result;
}

// Looks into itself before it is closed.
class WatchedLoop : public ch07::EventLoop {
 public:
  using ch07::EventLoop::EventLoop;

  void close() override {
    if (!held_) held_ = what_is_held();
    ch07::EventLoop::close();
  }
  std::string held() const { return held_.value_or("it was not closed"); }

 private:
  std::string what_is_held() const {
    std::size_t timers = 0;
    for (const auto& waiting : scheduled()) {
      if (waiting.kind == Scheduled::Kind::timer) ++timers;
    }
    const std::size_t tasks = all_tasks().size();
    const std::size_t all = scheduled().size() + tasks;
    if (all == 0) return "nothing";
    return fmt::format("pending tasks: {}, timers: {}, others: {}", tasks,
                       timers, all - tasks - timers);
  }
  std::optional<std::string> held_;
};

struct Bench {
  explicit Bench(probe::Run& where) : run(where) {
    ch07::simplefilter("always");
    loop->set_exception_handler(
        [this](ch02::EventLoop&, const ch02::ExceptionContext& context) {
          reports.push_back(
              one_line(ch02::exception_report(context, common::Detail::brief)));
        });
  }

  void invite(bool one_complains) {
    const int guests = run.number(2, 4);
    const int unhappy = one_complains ? run.number(0, guests - 1) : guests;
    for (int i = 0; i < guests; ++i) {
      const auto name = run.word();
      // The guests' times end in odd milliseconds, the oven's in even ones.
      const int half = run.number(15, 60);
      const milliseconds takes{2 * half + (i == 0 ? 1 : 0)};
      cafe.guests.push_back({name, takes, i == unhappy});
      run.step("guest {}, who takes {}{}", name, probe::text(takes),
               i == unhappy ? " and complains" : "");
    }
    cafe.oven_every = milliseconds(2 * run.number(8, 25));
    cafe.locking = 2 * cafe.oven_every + run.milliseconds(1, 9);
    run.step("the oven is checked every {}; locking takes {}",
             probe::text(cafe.oven_every), probe::text(cafe.locking));
  }
  void open() {
    run.step("run_evening()");
    try {
      exercises::run_evening(cafe);
      ending = "it returns";
    } catch (const std::runtime_error& error) {
      ending = std::string("it throws ") + error.what();
    }
  }
  void see_diary() { run.see_lines("the diary", cafe.diary); }
  void see_words() {
    const std::string held = loop->held();
    loop.reset();
    std::vector<std::string> lines;
    for (const auto& record : records.records()) {
      lines.push_back(std::string(record.category->name()) + ": " +
                      one_line(record.text));
    }
    run.see_lines("warnings", lines);
    run.see_lines("reported errors", reports);
    run.see("what the loop held at close()", held);
  }

  probe::Run& run;
  ch07::CatchWarnings records{ch07::Record::yes};
  common::VirtualClock clock;
  std::vector<std::string> reports;
  std::optional<WatchedLoop> loop{std::in_place, clock};
  exercises::Cafe cafe{*loop, {}, 0ms, 0ms};
  std::string ending;
};

void not_a_word(probe::Run& run) {
  Bench bench(run);
  bench.invite(false);
  bench.open();
  bench.see_words();
  bench.see_diary();
}

void all_work_is_done(probe::Run& run) {
  Bench bench(run);
  bench.invite(false);
  bench.open();
  bench.see_diary();
}

void a_guest_complains(probe::Run& run) {
  Bench bench(run);
  bench.invite(true);
  bench.open();
  run.see("how it ends", bench.ending);
  bench.see_words();
  bench.see_diary();
}

void still_listening(probe::Run& run) {
  Bench bench(run);
  bench.invite(false);
  bench.open();
  const auto warning = run.word();
  run.step("somebody else warns: {}", warning);
  ch07::warn(warning, ch07::ResourceWarning);
  const auto error = run.word();
  run.step("and reports an error: {}", error);
  ch02::ExceptionContext context;
  context.message = error;
  bench.loop->call_exception_handler(context);
  bench.see_words();
  bench.see_diary();
}

}  // namespace

int main(int argc, char** argv) {
  return probe::main(argc, argv,
                     {{"not_a_word", not_a_word},
                      {"all_work_is_done", all_work_is_done},
                      {"a_guest_complains", a_guest_complains},
                      {"still_listening", still_listening}});
}
