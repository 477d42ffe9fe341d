#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "chapters/05_set_debug/exercises/thread_guard.hpp"
#include "tests/grader/judge/probe.hpp"

namespace {

using exercises::Till;

// Does something on a thread that was not there before, and waits for its end.
// So never two threads are in a till at the same time.
void on_a_thread(const std::function<void()>& work) {
  std::thread thread(work);
  thread.join();
}

// How a call ended: its error's text is half of what a guard is for.
void see_call(probe::Run& run, const std::string& call,
              const std::function<void()>& work) {
  try {
    work();
    run.see(call, "returns");
  } catch (const std::runtime_error& error) {
    run.see(call, std::string("throws std::runtime_error: ") + error.what());
  }
}

void see_till(probe::Run& run, const Till& till) {
  run.see("the till " + till.name() + " has", std::to_string(till.total()) +
                                                  " cents for " +
                                                  probe::text(till.receipts()));
}

void sell(probe::Run& run, Till& till) {
  const std::string what = run.word();
  const int cents = run.number(100, 900);
  run.step("it sells {} for {} cents", what, cents);
  see_call(run, "sell()", [&] { till.sell(what, cents); });
}

void other_threads_are_refused(probe::Run& run) {
  Till till(run.word());
  run.step("the main thread makes the till {}", till.name());
  sell(run, till);
  run.step("another thread tries");
  on_a_thread([&] { sell(run, till); });
  see_till(run, till);
  run.step("another thread wants to give the till away");
  on_a_thread([&] { see_call(run, "release()", [&] { till.release(); }); });
  run.step("the main thread goes on");
  sell(run, till);
  see_till(run, till);
}

void both_tills_are_asked(probe::Run& run) {
  Till bar(run.word());
  run.step("the main thread makes the till {}", bar.name());
  sell(run, bar);
  std::unique_ptr<Till> terrace;
  on_a_thread([&] {
    terrace = std::make_unique<Till>(run.word());
    run.step("another thread makes the till {}", terrace->name());
    sell(run, *terrace);
  });
  run.step("the main thread's {} takes over {}", bar.name(), terrace->name());
  see_call(run, "take_over()", [&] { bar.take_over(*terrace); });
  see_till(run, bar);
  see_till(run, *terrace);
  run.step("the other way round, it has {} take over {}", terrace->name(),
           bar.name());
  see_call(run, "take_over()", [&] { terrace->take_over(bar); });
  see_till(run, bar);
  see_till(run, *terrace);

  Till cellar(run.word());
  run.step("the main thread makes the till {}", cellar.name());
  sell(run, cellar);
  run.step("{} takes over {}", bar.name(), cellar.name());
  see_call(run, "take_over()", [&] { bar.take_over(cellar); });
  see_till(run, bar);
  see_till(run, cellar);
  run.step("{} takes over itself", bar.name());
  see_call(run, "take_over()", [&] { bar.take_over(bar); });
  see_till(run, bar);
}

void handed_over(probe::Run& run) {
  Till till(run.word());
  run.step("the main thread makes the till {}", till.name());
  sell(run, till);
  run.step("it adopts what it has already");
  see_call(run, "adopt()", [&] { till.adopt(); });
  run.step("another thread adopts it unasked");
  on_a_thread([&] { see_call(run, "adopt()", [&] { till.adopt(); }); });
  run.step("the main thread gives it away, and then goes on");
  see_call(run, "release()", [&] { till.release(); });
  sell(run, till);
  see_call(run, "release()", [&] { till.release(); });
  run.step("another thread adopts it and goes on");
  on_a_thread([&] {
    see_call(run, "adopt()", [&] { till.adopt(); });
    sell(run, till);
  });
  run.step("the main thread goes on");
  sell(run, till);
  see_till(run, till);
}

}  // namespace

int main(int argc, char** argv) {
  return probe::main(argc, argv,
                     {{"other_threads_are_refused", other_threads_are_refused},
                      {"both_tills_are_asked", both_tills_are_asked},
                      {"handed_over", handed_over}});
}
