#include <fmt/format.h>

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

// Makes the call, and has something else done on another thread right behind
// the caller's first, second, ... look at an owner, or change; or else
// afterwards. One of both happens on this thread. How both ended.
enum class Here : unsigned char { the_call, the_other };
std::pair<std::string, std::string> in_the_middle(
    int look, Here here, const std::function<void()>& call,
    const std::function<std::string()>& other) {
  std::promise<void> looked;
  std::promise<void> done;
  const auto is_looked = looked.get_future();
  const auto is_done = done.get_future();
  std::string call_ended;
  std::string other_ended;
  std::thread::id caller;
  int looks = 0;
  at_each_look = [&] {
    if (std::this_thread::get_id() != caller || ++looks != look) return;
    looked.set_value();
    // Not longer: the other one may have to wait for this one.
    is_done.wait_for(200ms);
  };
  const auto do_call = [&] {
    caller = std::this_thread::get_id();
    call_ended = outcome(call);
    if (looks < look) looked.set_value();
  };
  const auto do_other = [&] {
    is_looked.wait();
    other_ended = other();
    done.set_value();
  };
  if (here == Here::the_call) {
    std::thread thread(do_other);
    do_call();
    thread.join();
  } else {
    std::thread thread(do_call);
    do_other();
    thread.join();
  }
  at_each_look = nullptr;
  return {call_ended, other_ended};
}

// How often another thread gets the till that adopts it in the middle of a
// call, which its owner makes on this thread, or a stranger on its own.
void see_adopted(probe::Run& run, Till& till, Here here,
                 const std::function<void()>& call) {
  int adopted = 0;
  for (int look = 1; look <= 3; ++look) {
    const auto [mine, other] = in_the_middle(look, here, call, [&] {
      std::string ended;
      on_a_thread([&] { ended = outcome([&] { till.adopt(); }); });
      return ended;
    });
    if (other == "returns") ++adopted;
  }
  run.see("how often another thread, in the middle of it, adopts the till",
          adopted);
}

// What the till's own thread hears that sells in the middle of a stranger's
// call.
void see_sold(probe::Run& run, Till& till, const std::function<void()>& call) {
  std::vector<std::string> heard;
  for (int look = 1; look <= 3; ++look) {
    const auto sell = [&] { return outcome([&] { till.sell("tea", 1); }); };
    heard.push_back(in_the_middle(look, Here::the_other, call, sell).second);
  }
  run.see("sell() of the main thread, three times in the middle of it", heard);
}

// Strangers are refused, and others come right then.
void refused_without_a_trace(probe::Run& run) {
  Till till(till_name(run));
  Till other(till_name(run));
  run.step("the main thread makes {} and {}", till.name(), other.name());
  using Calls = std::vector<std::pair<std::string, std::function<void()>>>;
  for (const auto& [name, call] :
       Calls{{"release()", [&] { till.release(); }},
             {"sell()", [&] { till.sell("tea", 1); }},
             {"take_over()", [&] { till.take_over(other); }}}) {
    run.step("a stranger tries {}", name);
    run.why(
        "a refusal changes nothing, not even for a moment: a third thread "
        "could come right then, and adopt what seems to be nobody's");
    see_adopted(run, till, Here::the_other, call);
    run.why(
        "a refusal changes nothing, not even for a moment: the till's own "
        "thread could come right then, and would be refused itself");
    see_sold(run, till, call);
  }
}

// Of a text with a name that is too long to be shown, the name stands for all
// of its letters; if they are not all there, the text's beginning is shown.
std::string shortened(const std::string& text, const std::string& name) {
  const auto at = text.find(name);
  if (at == std::string::npos) {
    return fmt::format("{}... ({} letters)", text.substr(0, 70), text.size());
  }
  return text.substr(0, at) + "(its name)" + text.substr(at + name.size());
}

void a_long_name(probe::Run& run) {
  const std::string word = run.word();
  std::string name;
  for (int i = run.number(900, 2000); i > 0; --i) name += word + " ";
  Till till(name);
  Till other(name);
  run.step(
      "the main thread makes a till with a name of {} letters, \"{} {} ...\", "
      "and another thread tries",
      name.size(), word, word);
  run.why(
      "a till may have any name, and all of it is told: a buffer of a fixed "
      "size cuts a long one off");
  const auto see = [&](const char* call, const std::function<void()>& work) {
    run.see(call, shortened(outcome(work), name));
  };
  on_a_thread([&] {
    see("sell()", [&] { till.sell("tea", 1); });
    see("take_over()", [&] { till.take_over(other); });
    see("release()", [&] { till.release(); });
    see("adopt()", [&] { till.adopt(); });
  });
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
  run.why("a till may have any name: it is no format, and is told as it is");
  Till odd("{} " + run.word() + " {0} %s");
  run.step("the main thread makes {}, and another thread tries", odd.name());
  on_a_thread([&] { sell(run, odd); });
  refused_without_a_trace(run);
  run.why("a till may have any name: it is told as it is, between two quotes");
  Till quoted("the waiter's \"\\" + run.word() + "\"");
  run.step("the main thread makes {}, and another thread tries", quoted.name());
  on_a_thread([&] { sell(run, quoted); });
  a_long_name(run);
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
  run.why(
      "money is what a total says, also if more was given back than sold: then "
      "both together have less");
  const int cents = run.number(10, 99);
  for (const int back : {cents, 0}) {
    Till returns(till_name(run));
    const std::string what = run.name("cake");
    run.step("{} sells {} for {} cents, and takes it back for {}",
             returns.name(), what, cents, cents + back);
    see_call(run, "sell()", [&] { returns.sell(what, cents); });
    see_call(run, "sell()", [&] { returns.sell(what, -cents - back); });
    see_till(run, returns);
    take_over(run, bar, returns);
    see_till(run, bar);
    see_till(run, returns);
    run.why("a total of nothing may have its receipts: they are taken, too");
  }
  run.why(
      "a till that is being asked stays its thread's: in the middle of "
      "take_over(), nobody finds it free");
  Till attic(till_name(run));
  run.step("the main thread makes {}; {} takes it over", attic.name(),
           bar.name());
  for (Till* const till : {&bar, &attic}) {
    see_adopted(run, *till, Here::the_call, [&] { bar.take_over(attic); });
  }
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
  const auto [mine, other] = in_the_middle(
      1, Here::the_call, [&] { till.adopt(); },
      [&] { return outcome([&] { till.adopt(); }); });
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

  Till busy(till_name(run));
  run.step("the main thread makes {}", busy.name());
  run.step("a stranger tries adopt()");
  run.why(
      "adopt() asks before it takes: if it takes first, and puts back what was "
      "not free, the till's own thread is refused in between");
  see_sold(run, busy, [&] { busy.adopt(); });
  run.why(
      "adopt() asks before it takes: a till that is not free stays its "
      "thread's, and no third one can get it in between");
  see_adopted(run, busy, Here::the_other, [&] { busy.adopt(); });
  run.step("the main thread itself tries adopt()");
  run.why(
      "a thread that adopts its own till is refused, and has it all the while: "
      "given away first, it could be another's in between");
  see_adopted(run, busy, Here::the_call, [&] { busy.adopt(); });
  run.why("a till that is sold from stays its thread's all the while");
  run.step("the main thread itself sells from it");
  see_adopted(run, busy, Here::the_call, [&] { busy.sell("tea", 1); });
}

}  // namespace

int main(int argc, char** argv) {
  return probe::main(argc, argv,
                     {{"other_threads_are_refused", other_threads_are_refused},
                      {"both_tills_are_asked", both_tills_are_asked},
                      {"handed_over", handed_over}});
}
