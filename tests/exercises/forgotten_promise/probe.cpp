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

  ch12::Coroutine<std::string> load(std::string key) {
    run.note(notes, "load " + key);
    co_await ch12::sleep(takes);
    if (fails) throw std::runtime_error("no " + key);
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
    }
    run.note(notes,
             name + " " + what + " at " + probe::text(loop.time() - began));
  }
  void comes(const std::string& name, const std::string& key) {
    run.step("{} asks for {}", name, key);
    guests.push_back(loop.create_task(ask(name, key), name));
    guests.back().set_log_destroy_pending(false);
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

  const ch12::CatchWarnings quiet{ch12::Record::yes};
  probe::Run& run;
  common::VirtualClock clock;
  ch12::EventLoop loop{clock};
  std::shared_ptr<probe::Ears> reports = std::make_shared<probe::Ears>();
  std::chrono::nanoseconds takes{0};
  std::chrono::nanoseconds began{0};
  bool fails = false;
  exercises::Cache cache{
      loop, [this](std::string key) { return load(std::move(key)); }};
  std::vector<std::string> notes;
  std::vector<ch12::Task<>> guests;
};

void it_fails(probe::Run& run) {
  Kitchen kitchen(run);
  const std::string key = run.word();
  kitchen.fails = true;
  run.step("the loading will fail");
  for (int i = run.number(2, 4); i > 0; --i) kitchen.comes(run.word(), key);
  kitchen.serve();
  run.why(
      "a failure is not kept; and an error that was thrown to the one who "
      "asked "
      "is not lost, so there is nothing to report");
  kitchen.comes(run.word(), key);
  kitchen.serve();
  kitchen.fails = false;
  run.step("from now on the loading will not fail");
  kitchen.comes(run.word(), key);
  kitchen.comes(run.word(), key);
  kitchen.serve();
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
}

}  // namespace

int main(int argc, char** argv) {
  return probe::main(
      argc, argv,
      {{"it_fails", it_fails}, {"it_is_cancelled", it_is_cancelled}});
}
