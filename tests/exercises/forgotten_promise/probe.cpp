#include <chrono>
#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "chapters/12_wait_graph/exercises/forgotten_promise.hpp"
#include "common/clock.hpp"
#include "tests/exercises/ears.hpp"
#include "tests/grader/judge/probe.hpp"

namespace {

using namespace std::chrono_literals;

// How a loading ends.
enum class Load : unsigned char { works, fails, is_refused, fails_oddly };

struct Kitchen {
  explicit Kitchen(probe::Run& where) : run(where) {
    ch12::get_logger().add_handler(reports);
    loop.set_debug(true);
    loop.throw_on_deadlock = true;
    takes = run.milliseconds(10, 90);
    run.step("loading takes {}", probe::text(takes));
  }
  Kitchen(const Kitchen&) = delete;
  Kitchen& operator=(const Kitchen&) = delete;
  ~Kitchen() {
    guests.clear();
    ch12::get_logger().remove_handler(reports);
    loop.close();
  }

  // No coroutine: it throws at once, or gives one.
  ch12::Coroutine<std::string> load(std::string key) {
    run.note(notes, "load " + key);
    if (loading == Load::is_refused) {
      throw std::invalid_argument("nobody knows " + key);
    }
    return bring(std::move(key));
  }
  ch12::Coroutine<std::string> bring(std::string key) {
    co_await ch12::sleep(takes);
    if (loading == Load::fails) throw std::runtime_error("no " + key);
    if (loading == Load::fails_oddly) throw Odd();
    co_return "a " + key;
  }
  ch12::Coroutine<> ask(std::string name, std::string key) {
    std::string what = "is destroyed";
    try {
      what = "gets " + co_await cache.get(key);
    } catch (const std::exception& error) {
      what = std::string("gets the error ") + error.what();
    } catch (const ch12::CancelledError&) {
      what = "gets CancelledError";
    } catch (const Odd&) {
      what = "gets the odd error";
    }
    run.note(notes,
             name + " " + what + " at " + probe::text(loop.time() - began));
  }
  void comes(const std::string& name, const std::string& key) {
    run.step("{} asks for {}", name, key);
    guests.push_back(loop.create_task(ask(name, key), name));
    guests.back().set_log_destroy_pending(false);
  }
  // Who gets an error asks again at once.
  ch12::Coroutine<> insist(std::string name, std::string key) {
    co_await ask(name, key);
    co_await ask(std::move(name), std::move(key));
  }
  ch12::Coroutine<> ask_after(std::chrono::nanoseconds pause, std::string name,
                              std::string key) {
    co_await ch12::sleep(pause);
    co_await ask(std::move(name), std::move(key));
  }
  void comes_twice(const std::string& name, const std::string& key) {
    run.step("{} asks for {}, and after an error again at once", name, key);
    guests.push_back(loop.create_task(insist(name, key), name));
  }
  void comes_later(std::chrono::nanoseconds pause, const std::string& name,
                   const std::string& key) {
    run.step("{} asks for {}, {} later", name, key, probe::text(pause));
    guests.push_back(loop.create_task(ask_after(pause, name, key), name));
  }
  void one_iteration() {
    loop.stop();
    loop.run_forever();
  }
  void serve() {
    run.step("the loop runs until nothing is left to do");
    try {
      for (const auto& guest : guests) {
        if (!guest.done()) {
          loop.run_until_complete(ch12::gather_outcomes(guest));
        }
      }
      one_iteration();
    } catch (const ch12::Deadlock&) {
      run.note(notes, "Deadlock");
    }
    run.see_lines("what happened", notes);
    run.see_lines("the log", reports->lines);
    notes.clear();
    reports->lines.clear();
    guests.clear();
    began = loop.time();
  }

  struct Odd {};  // no std::exception
  const ch12::CatchWarnings quiet{ch12::Record::yes};
  probe::Run& run;
  common::VirtualClock clock;
  ch12::EventLoop loop{clock};
  std::shared_ptr<probe::Ears> reports = std::make_shared<probe::Ears>();
  std::chrono::nanoseconds takes{0};
  std::chrono::nanoseconds began{0};
  Load loading = Load::works;
  exercises::Cache cache{
      loop, [this](std::string key) { return load(std::move(key)); }};
  std::vector<std::string> notes;
  std::vector<ch12::Task<>> guests;
};

// Two ask, and later another one; and then it works again.
void fails_otherwise(Kitchen& kitchen, Load loading, const std::string& how,
                     const char* why) {
  auto& run = kitchen.run;
  run.why(why);
  const std::string key = run.word();
  for (const bool works : {false, true}) {
    kitchen.loading = works ? Load::works : loading;
    run.step("from now on {}", works ? "the loading will not fail" : how);
    kitchen.comes(run.word(), key);
    kitchen.comes(run.word(), key);
    kitchen.serve();
    if (works) return;
    kitchen.comes(run.word(), key);
    kitchen.serve();
  }
}

// The second loading begins before all have heard that the first one failed.
void asked_anew(probe::Run& run) {
  Kitchen kitchen(run);
  run.why(
      "who waited and hears of the failure finds another promise in the map by "
      "then: that one belongs to a loading that is under way");
  kitchen.loading = Load::fails;
  run.step("the loading will fail");
  const std::string key = run.word();
  kitchen.comes_twice(run.word(), key);
  for (int i = run.number(1, 3); i > 0; --i) kitchen.comes(run.word(), key);
  kitchen.comes_later(kitchen.takes + 1ms, run.word(), key);
  kitchen.serve();
}

void it_fails(probe::Run& run) {
  Kitchen kitchen(run);
  const std::string key = run.word();
  kitchen.loading = Load::fails;
  run.step("the loading will fail");
  for (int i = run.number(2, 4); i > 0; --i) kitchen.comes(run.word(), key);
  kitchen.serve();
  run.why(
      "a failure is not kept; and an error that was thrown to the one who "
      "asked "
      "is not lost, so there is nothing to report");
  kitchen.comes(run.word(), key);
  kitchen.serve();
  kitchen.loading = Load::works;
  run.step("from now on the loading will not fail");
  kitchen.comes(run.word(), key);
  kitchen.comes(run.word(), key);
  kitchen.serve();
  fails_otherwise(kitchen, Load::is_refused,
                  "load() will throw when it is called",
                  "a promise that is in the map must be kept, and the call of "
                  "load() may throw before there is a coroutine to await: it "
                  "belongs inside the try, too");
  run.step("another kitchen");
  asked_anew(run);
}

void it_works(probe::Run& run) {
  Kitchen kitchen(run);
  const std::string key = run.word();
  const std::string other = run.word();
  for (int i = run.number(2, 4); i > 0; --i) {
    const std::string guest = run.word();
    kitchen.comes(guest, run.coin() ? key : other);
  }
  kitchen.serve();
  kitchen.comes(run.word(), key);
  kitchen.comes(run.word(), other);
  kitchen.serve();
  kitchen.comes(run.word(), key);
  kitchen.serve();
}

void it_is_cancelled(probe::Run& run) {
  Kitchen kitchen(run);
  const std::string key = run.word();
  const int others = run.number(1, 3);
  for (int i = 0; i <= others; ++i) kitchen.comes(run.word(), key);
  kitchen.one_iteration();
  run.step("the first one is cancelled");
  kitchen.guests.front().cancel();
  kitchen.serve();
  run.step("once more; this time the first one is alone");
  kitchen.comes(run.word(), key);
  kitchen.one_iteration();
  run.step("it is cancelled");
  kitchen.guests.front().cancel();
  kitchen.serve();
  kitchen.comes(run.word(), key);
  kitchen.serve();
  run.why("one who waits and is cancelled disturbs nobody else");
  const std::string other = run.word();
  for (int i = 0; i <= others; ++i) kitchen.comes(run.word(), other);
  kitchen.one_iteration();
  run.step("the last one is cancelled");
  kitchen.guests.back().cancel();
  kitchen.serve();
  run.why("a cache is there to load once, however many ask, and to keep it");
  it_works(run);
  run.step("another kitchen");
  Kitchen another(run);
  fails_otherwise(another, Load::fails_oddly,
                  "the loading will fail with an error that is no "
                  "std::exception",
                  "there are more ways to fail than std::exception and "
                  "CancelledError: keep the promise on each of them");
}

}  // namespace

int main(int argc, char** argv) {
  return probe::main(
      argc, argv,
      {{"it_fails", it_fails}, {"it_is_cancelled", it_is_cancelled}});
}
