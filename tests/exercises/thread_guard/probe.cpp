#include <chrono>
#include <exception>
#include <functional>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "chapters/05_set_debug/exercises/thread_guard.hpp"
#include "common/repr.hpp"
#include "tests/grader/judge/probe.hpp"

namespace {

using exercises::at_each_look;
using exercises::Till;
using namespace std::chrono_literals;

// Does something on a thread that was not there before, and waits for its end.
// So never two threads are in a till at the same time.
void on_a_thread(const std::function<void()>& work) {
  std::thread thread(work);
  thread.join();
}

// How a call ended: its error's text is half of what a guard is for.
std::string outcome(const std::function<void()>& work) {
  try {
    work();
    return "returns";
  } catch (const std::runtime_error& error) {
    return std::string("throws std::runtime_error: ") + error.what();
  } catch (...) {
    return "throws " + common::describe(std::current_exception());
  }
}

void see_call(probe::Run& run, const std::string& call,
              const std::function<void()>& work) {
  run.see(call, outcome(work));
}

void see_till(probe::Run& run, const Till& till) {
  run.see("the till " + till.name() + " has", std::to_string(till.total()) +
                                                  " cents for " +
                                                  probe::text(till.receipts()));
}

void sell(probe::Run& run, Till& till) {
  const std::string what = run.name("cake");
  const int cents = run.number(100, 900);
  run.step("it sells {} for {} cents", what, cents);
  see_call(run, "sell()", [&] { till.sell(what, cents); });
}

std::string till_name(probe::Run& run) { return run.name("till"); }

// Makes the call, and lets another thread adopt the till right behind this
// thread's first look at its owner, or else afterwards. How both ended.
std::pair<std::string, std::string> while_another_adopts(
    Till& till, const std::function<void()>& call) {
  std::string other;
  std::promise<void> done;
  std::thread thread;
  const auto me = std::this_thread::get_id();
  const auto let_the_other_try = [&] {
    if (std::this_thread::get_id() != me || thread.joinable()) return;
    thread = std::thread([&] {
      other = outcome([&] { till.adopt(); });
      done.set_value();
    });
    // Not longer: the other one may have to wait for this one.
    done.get_future().wait_for(200ms);
  };
  at_each_look = let_the_other_try;
  const std::string mine = outcome(call);
  let_the_other_try();
  thread.join();
  at_each_look = nullptr;
  return {mine, other};
}

// A third thread tries to adopt the till while a stranger is being refused.
void refused_without_a_trace(probe::Run& run) {
  Till till(till_name(run));
  run.why(
      "a refusal changes nothing, not even for a moment: another thread could "
      "come right then");
  run.step("the main thread makes {}", till.name());
  run.step("a second thread wants to give it away; a third one adopts it");
  std::pair<std::string, std::string> ended;
  on_a_thread(
      [&] { ended = while_another_adopts(till, [&] { till.release(); }); });
  run.see("the second thread's release()", ended.first);
  run.see("the third thread's adopt()", ended.second);
}

void other_threads_are_refused(probe::Run& run) {
  Till till(till_name(run));
  run.step("the main thread makes {}", till.name());
  sell(run, till);
  run.step("another thread tries");
  run.why(
      "who is refused has to hear of it, and of which call and which till: "
      "the exception says both");
  on_a_thread([&] { sell(run, till); });
  run.why("the check comes before the first change, or there is half a sale");
  see_till(run, till);
  run.step("another thread wants to give the till away");
  run.why("only the thread that has a till can give it away");
  on_a_thread([&] { see_call(run, "release()", [&] { till.release(); }); });
  run.step("the main thread goes on");
  run.why("a refusal changes nothing: the till is still the main thread's");
  sell(run, till);
  see_till(run, till);

  run.why(
      "a till belongs to the thread that made it, whichever that is, and not "
      "to the main thread by right");
  std::unique_ptr<Till> made;
  on_a_thread([&] {
    made = std::make_unique<Till>(till_name(run));
    run.step("another thread makes {}", made->name());
    sell(run, *made);
  });
  run.step("the main thread tries");
  sell(run, *made);
  see_till(run, *made);
  refused_without_a_trace(run);
}

void take_over(probe::Run& run, Till& mine, Till& other) {
  run.step("{} takes over {}", mine.name(),
           &mine == &other ? "itself" : other.name());
  see_call(run, "take_over()", [&] { mine.take_over(other); });
}

void both_tills_are_asked(probe::Run& run) {
  Till bar(till_name(run));
  run.step("the main thread makes {}", bar.name());
  sell(run, bar);
  std::unique_ptr<Till> terrace;
  std::unique_ptr<Till> garden;
  on_a_thread([&] {
    terrace = std::make_unique<Till>(till_name(run));
    garden = std::make_unique<Till>(till_name(run));
    run.step("another thread makes {} and {}", terrace->name(), garden->name());
    run.step("{}:", terrace->name());
    sell(run, *terrace);
  });
  run.step("on the main thread:");
  run.why(
      "take_over() changes the other till, too, so that one is asked as well");
  run.step("{} takes over {}", bar.name(), terrace->name());
  const std::string refusal = outcome([&] { bar.take_over(*terrace); });
  run.see("is it refused", refusal != "returns");
  run.why("the text has the name of the till that refuses, here the other one");
  run.see("take_over()", refusal);
  run.why("both tills are asked before one is touched, or money has moved");
  see_till(run, bar);
  see_till(run, *terrace);
  run.why("the till that takes is asked first, and is named if it refuses");
  take_over(run, *terrace, bar);
  see_till(run, bar);
  see_till(run, *terrace);
  take_over(run, *terrace, *garden);
  run.why("itself or not: on a thread that does not own it, it refuses");
  take_over(run, *terrace, *terrace);

  run.why(
      "it takes the money, and the receipts behind its own, and leaves nothing "
      "behind");
  Till cellar(till_name(run));
  run.step("the main thread makes {}", cellar.name());
  sell(run, cellar);
  sell(run, cellar);
  take_over(run, bar, cellar);
  see_till(run, bar);
  see_till(run, cellar);
  run.why("both tills may be the same: then there is nothing to take");
  take_over(run, bar, bar);
  see_till(run, bar);
  run.step("the main thread gives {} away", cellar.name());
  see_call(run, "release()", [&] { cellar.release(); });
  run.why(
      "a till that belongs to nobody lets nobody in: it is not the calling "
      "thread's, as long as that has not adopted it");
  run.step("the main thread tries {}", cellar.name());
  sell(run, cellar);
  run.why(
      "take_over() asks the other till as every call does: what belongs to "
      "nobody is not there to be taken");
  take_over(run, bar, cellar);
  take_over(run, cellar, bar);
  see_till(run, bar);
}

void adopt_at_the_same_time(probe::Run& run) {
  Till till(till_name(run));
  run.step("the main thread makes {}, and gives it away", till.name());
  see_call(run, "release()", [&] { till.release(); });
  run.step("two threads adopt it at the same time");
  const auto [mine, other] = while_another_adopts(till, [&] { till.adopt(); });
  run.see("how many of them have it",
          (mine == "returns" ? 1 : 0) + (other == "returns" ? 1 : 0));
  run.see("the other one", mine == "returns" ? other : mine);
}

void handed_over(probe::Run& run) {
  Till till(till_name(run));
  run.step("the main thread makes {}", till.name());
  sell(run, till);
  run.step("another thread adopts it unasked");
  run.why("only a till that belongs to nobody can be adopted");
  on_a_thread([&] { see_call(run, "adopt()", [&] { till.adopt(); }); });
  run.step("the main thread adopts what it has already");
  run.why(
      "a till that belongs to a thread cannot be adopted, not even by that");
  see_call(run, "adopt()", [&] { till.adopt(); });
  run.step("the main thread gives it away, and then goes on");
  see_call(run, "release()", [&] { till.release(); });
  run.why(
      "a till that belongs to nobody lets nobody in, and the text says whose "
      "it is");
  sell(run, till);
  see_call(run, "release()", [&] { till.release(); });
  see_till(run, till);
  run.step("another thread adopts it and goes on");
  run.why("the thread that has adopted it is its own thread now");
  on_a_thread([&] {
    see_call(run, "adopt()", [&] { till.adopt(); });
    sell(run, till);
  });
  run.step("the main thread goes on");
  sell(run, till);
  see_call(run, "adopt()", [&] { till.adopt(); });
  see_till(run, till);
  run.why(
      "between a look at the owner and a change another thread can come: "
      "adopt() has to ask and to take in one operation");
  adopt_at_the_same_time(run);
}

}  // namespace

int main(int argc, char** argv) {
  return probe::main(argc, argv,
                     {{"other_threads_are_refused", other_threads_are_refused},
                      {"both_tills_are_asked", both_tills_are_asked},
                      {"handed_over", handed_over}});
}
