#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "chapters/07_resource_warning/exercises/clean_exit.hpp"
#include "common/clock.hpp"
#include "common/unique_fd.hpp"
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

  struct Held {
    std::size_t tasks = 0;
    std::size_t timers = 0;
    std::size_t others = 0;
  };
  void close() override {
    if (!held_) held_ = what_is_held();
    ch07::EventLoop::close();
  }
  const std::optional<Held>& held() const { return held_; }

 private:
  Held what_is_held() const {
    Held held{.tasks = all_tasks().size()};
    for (const auto& waiting : scheduled()) {
      ++(waiting.kind == Scheduled::Kind::timer ? held.timers : held.others);
    }
    return held;
  }
  std::optional<Held> held_;
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

  void expect_guest(milliseconds takes, bool complains = false) {
    const auto name = run.name("guest");
    cafe.guests.push_back({name, takes, complains});
    run.step("guest {}, who takes {}{}", name, probe::text(takes),
             complains ? " and complains" : "");
  }
  void set_house(milliseconds oven_every, milliseconds locking) {
    cafe.oven_every = oven_every;
    cafe.locking = locking;
    run.step("the oven is checked every {}; locking takes {}",
             probe::text(oven_every), probe::text(locking));
  }
  // The guests' times end in odd milliseconds, the oven's in even ones.
  void invite(int guests, int unhappy) {
    for (int i = 0; i < guests; ++i) {
      const int half = run.number(15, 60);
      // After the first who complains, the next one would, too.
      expect_guest(milliseconds(2 * half + (i == 0 ? 1 : 0)),
                   i == unhappy || i == unhappy + 1);
    }
    const milliseconds oven_every(2 * run.number(8, 25));
    const auto longer = run.milliseconds(1, 9);
    set_house(oven_every, 2 * oven_every + longer);
  }
  void open() {
    run.step("run_evening()");
    try {
      exercises::run_evening(cafe);
      ending = "it returns";
    } catch (const ch07::CancelledError&) {
      ending = "it throws CancelledError";
    } catch (const std::runtime_error& error) {
      ending = std::string("it throws ") + error.what();
    }
    ended = loop->time();
  }
  void see_ending() {
    run.why(
        "a task that was cancelled throws CancelledError where it is awaited: "
        "catch it there, since it is the answer to your own cancel()");
    run.see("how it ends", ending);
  }
  void see_diary() { run.see_lines("the diary", cafe.diary); }
  // Of the whole diary only what has to do with one of them.
  void see_diary(const std::string& what) {
    std::vector<std::string> lines;
    for (const std::string& line : cafe.diary) {
      if (line.find(": " + what) != std::string::npos) lines.push_back(line);
    }
    run.see_lines("the diary about \"" + what + "\"", lines);
  }
  void see_work(bool complained) {
    run.why(
        "guests are served in their order, each for as long as it takes, which "
        "may be no time at all, and after the first complaint no more");
    see_diary("served");
    run.why(
        "the oven is checked while guests are served, and no longer: not while "
        "the door is being locked, nor after a complaint");
    see_diary("oven");
    run.why(
        complained
            ? "an exception skips all that follows it: the radio has to "
              "hear of its end after a complaint, too"
            : "the radio goes off when the last guest is served, and before "
              "the door is locked: its task hears of it by cancel()");
    see_diary("radio");
    run.why(
        "the door is locked after the radio is off, in any case: a coroutine "
        "does nothing until it is awaited, and an exception skips what "
        "follows");
    see_diary();
  }
  void see_left() {
    run.why(
        "run_evening() closes the loop, whether it returns or throws: what "
        "follows the call of run_until_complete() is skipped by an exception");
    const auto held = loop->held();
    run.see("is the loop closed", held.has_value());
    run.why(
        "cancel() only asks: a task has ended when it was awaited, after "
        "cancel(), and after a complaint, too");
    run.see("pending tasks at close()", held ? held->tasks : 0);
    run.why(
        "each check arms another timer: the newest handle is the one to "
        "cancel, and an exception must not skip that");
    run.see("timers at close()", held ? held->timers : 0);
    run.why("close() finds nothing left if all was waited for");
    run.see("callbacks and watchers at close()", held ? held->others : 0);
    run.why(
        "a coroutine that is made and not awaited does nothing, and Python "
        "warns of it");
    loop.reset();
    std::vector<std::string> lines;
    for (const auto& record : records.records()) {
      lines.push_back(std::string(record.category->name()) + ": " +
                      one_line(record.text));
    }
    run.see_lines("warnings", lines);
    run.why(
        "an error in a task is reported when its result was never asked for");
    run.see_lines("reported errors", reports);
  }

  probe::Run& run;
  ch07::CatchWarnings records{ch07::Record::yes};
  common::VirtualClock clock;
  std::vector<std::string> reports;
  std::optional<WatchedLoop> loop{std::in_place, clock};
  exercises::Cafe cafe{*loop, {}, 0ms, 0ms};
  std::string ending;
  std::chrono::nanoseconds ended{0};
};

// Others, who warn and report while the evening goes on, and later.
class Others {
 public:
  explicit Others(Bench& bench) : bench_(bench) {}

  void speak_at(milliseconds when) {
    words_.push_back(bench_.run.name("other"));
    bench_.run.step("others will warn and report at {}: {}", probe::text(when),
                    words_.back());
    const auto speak = [this, word = words_.back()] { this->speak(word); };
    bench_.loop->call_later(when, ch07::named("speak", speak));
  }
  void leave_a_timer() {
    const std::string& word = leave("a timer");
    bench_.loop->call_later(1h, ch07::named(word, [] {}));
  }
  void leave_a_task() {
    const std::string& word = leave("a task that waits for an hour");
    // It would be reported, too, that a task is destroyed while it waits.
    bench_.loop->create_task(wait(), word).set_log_destroy_pending(false);
  }
  void leave_a_reader() {
    const std::string& word = leave("a reader of a quiet pipe");
    bench_.loop->add_reader(pipe_.read.get(), ch07::named(word, [] {}));
  }
  // "pending task: toruvi", of all that the loop found when it was closed.
  void see_left_over() {
    std::vector<std::string> lines;
    for (const auto& record : bench_.records.records()) {
      const auto end = record.text.find(" left when the event loop was closed");
      if (end == std::string::npos) continue;
      const std::string kind = record.text.substr(0, end);
      for (const std::string& word : words_) {
        if (record.text.find(word) == std::string::npos) continue;
        lines.push_back(kind.substr(0, kind.find(" of fd")) + ": " + word);
      }
    }
    bench_.run.see_lines("what close() tells of others", lines);
  }
  void speak_now() {
    words_.push_back(bench_.run.name("other"));
    bench_.run.step("others warn and report: {}", words_.back());
    speak(words_.back());
  }
  void see_words() {
    std::vector<std::string> lines;
    for (const auto& record : bench_.records.records()) {
      if (is_ours(record.text)) {
        lines.push_back(std::string(record.category->name()) + ": " +
                        one_line(record.text));
      }
    }
    bench_.run.see_lines("warnings of others", lines);
    lines.clear();
    for (const auto& report : bench_.reports) {
      if (is_ours(report)) lines.push_back(report);
    }
    bench_.run.see_lines("errors of others", lines);
  }

 private:
  const std::string& leave(const char* what) {
    words_.push_back(bench_.run.word());
    bench_.run.step("others leave {} in the loop: {}", what, words_.back());
    return words_.back();
  }
  static ch07::Coroutine<> wait() { co_await ch07::sleep(1h); }
  // As the loop would say it, so that a filter for such texts hides them too.
  void speak(const std::string& word) {
    ch07::warn("timer left when the event loop was closed: " + word,
               ch07::ResourceWarning);
    ch07::warn("coroutine '" + word + "' was never awaited",
               ch07::RuntimeWarning);
    ch07::warn(word);
    ch02::ExceptionContext context;
    context.message = word;
    bench_.loop->call_exception_handler(context);
  }
  bool is_ours(const std::string& text) const {
    for (const std::string& word : words_) {
      if (text.find(word) != std::string::npos) return true;
    }
    return false;
  }
  Bench& bench_;
  std::vector<std::string> words_;
  const common::FdPair pipe_ = common::make_pipe();
};

void still_listening(probe::Run& run) {
  Bench bench(run);
  bench.invite(run.number(2, 3), 100);
  Others others(bench);
  others.speak_at(3ms);
  others.speak_at(7ms);
  bench.open();
  others.speak_now();
  others.see_words();
  bench.see_left();

  run.why(
      "what others have left in the loop is theirs: end only what you have "
      "begun, and leave all filters as they are, so that close() tells of the "
      "rest");
  run.step("another evening");
  Bench later(run);
  later.invite(2, 100);
  Others careless(later);
  careless.leave_a_timer();
  careless.leave_a_task();
  careless.leave_a_reader();
  later.open();
  careless.see_left_over();
}

void not_a_word(probe::Run& run) {
  Bench bench(run);
  bench.invite(run.number(2, 4), 100);
  bench.open();
  bench.see_ending();
  bench.see_left();
  run.why("to leave nothing, an evening must not do less, nor wait for more");
  run.see("the time after it", bench.ended);
}

void all_work_is_done(probe::Run& run) {
  Bench bench(run);
  bench.invite(run.number(2, 4), 100);
  bench.open();
  bench.see_work(false);
  run.why("an evening may be shorter than the time to the oven's first check");
  run.step("another evening");
  Bench brief(run);
  const int takes = run.number(1, 9);
  brief.expect_guest(0ms);
  brief.expect_guest(milliseconds(takes));
  brief.set_house(milliseconds(takes + 1), milliseconds(0));
  brief.open();
  brief.see_ending();
  brief.see_work(false);
  brief.see_left();
  run.why("and it may be longer than anybody has thought of");
  run.step("another evening");
  Bench endless(run);
  const std::chrono::days days(run.number(1000, 2000));
  endless.expect_guest(days);
  endless.set_house(days / 2 + 1ms, 5ms);
  endless.open();
  endless.see_ending();
  endless.see_work(false);
  endless.see_left();
}

void a_guest_complains(probe::Run& run) {
  Bench bench(run);
  bench.invite(4, run.number(0, 1));
  bench.open();
  run.why(
      "the first complaint ends the evening, and leaves run_evening() after "
      "everything has been done: keep it until then");
  run.see("how it ends", bench.ending);
  bench.see_work(true);
  bench.see_left();

  run.why("the first guest may complain at once");
  run.step("another evening");
  Bench brief(run);
  brief.expect_guest(0ms, true);
  brief.set_house(2ms, 5ms);
  brief.open();
  run.see("how it ends", brief.ending);
  brief.see_work(true);
  brief.see_left();
}

}  // namespace

int main(int argc, char** argv) {
  return probe::main(argc, argv,
                     {{"still_listening", still_listening},
                      {"not_a_word", not_a_word},
                      {"all_work_is_done", all_work_is_done},
                      {"a_guest_complains", a_guest_complains}});
}
