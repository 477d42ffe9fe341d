#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "chapters/01_selector/exercises/ready_order.hpp"
#include "tests/grader/judge/probe.hpp"

namespace {

using ch01::EVENT_READ;

// Different descriptors, in no order.
std::vector<int> descriptors(probe::Run& run, int count) {
  std::vector<int> fds;
  int next = run.number(3, 9);
  for (int i = 0; i < count; ++i) {
    fds.push_back(next);
    next += run.number(1, 9);
  }
  run.shuffle(fds);
  return fds;
}

struct Bench {
  Bench(probe::Run& where, std::size_t most) : run(where), order(most) {
    run.step("a ReadyOrder that serves {} in a round",
             most == SIZE_MAX ? "SIZE_MAX" : probe::text(most));
  }

  std::vector<int> round(const std::vector<int>& fds) {
    run.step("ready are {}", probe::text(fds));
    std::vector<ch01::SelectorKey> keys;
    for (const int fd : fds) keys.push_back({fd, EVENT_READ, {}});
    std::vector<ch01::ReadyKey> ready;
    for (const auto& key : keys) ready.push_back({&key, EVENT_READ});
    std::vector<int> served = order.choose(ready);
    run.see("served are", served);
    return served;
  }
  void close(int fd) {
    run.step("{} is closed", fd);
    order.forget(fd);
  }
  // They are ready, in any order.
  std::vector<int> shuffled(std::vector<int> fds) {
    run.shuffle(fds);  // the selector's order is its own
    return round(fds);
  }

  probe::Run& run;
  exercises::ReadyOrder order;
};

void all_fit(probe::Run& run) {
  const auto most = static_cast<std::size_t>(run.number(5, 9));
  Bench bench(run, most);
  auto fds = descriptors(run, 5);
  std::ranges::sort(fds, std::ranges::greater());
  run.why("nothing is ready, so nothing is served");
  bench.round({});
  run.why(
      "the first of the result is served first, also if all of them are "
      "served: those that never were, by their number");
  bench.round({fds[0], fds[1], fds[2]});
  run.why(
      "those that were never served come before all others, even before one "
      "with a smaller number");
  bench.round({fds[2], fds[0], fds[1]});
  bench.round({fds[4], fds[0], fds[3]});
  run.why(
      "within a round, too, the first of the result was served before the "
      "others, and so it is the first again: descriptors have turns, and not "
      "positions in the answer");
  bench.round(fds);
  bench.round(fds);
  run.why("`most` may be more than there will ever be");
  Bench greedy(run, SIZE_MAX);
  greedy.round(fds);
  run.why("");
}

void a_newcomer(probe::Run& run) {
  Bench bench(run, 1);
  auto fds = descriptors(run, 3);
  std::ranges::sort(fds);
  bench.round({fds[0]});
  run.why(
      "one is served in a round, and no more; a newcomer was never served, so "
      "it comes before all that were");
  bench.round({fds[0], fds[1]});
  bench.round({fds[0], fds[1], fds[2]});
  run.why("");
}

// So many that they are not shown one by one.
void many(probe::Run& run) {
  const int count = run.number(100, 120);
  run.why(
      "a service counts however long ago it was, and however many there are");
  run.step("a ReadyOrder that serves 1 in a round; {} descriptors are ready",
           count);
  exercises::ReadyOrder order(1);
  std::vector<ch01::SelectorKey> keys;
  for (int fd = 3; fd < 3 + count; ++fd) keys.push_back({fd, EVENT_READ, {}});
  std::vector<ch01::ReadyKey> ready;
  for (const auto& key : keys) ready.push_back({&key, EVENT_READ});
  const auto rounds = [&] {
    int in_order = 0;
    for (int i = 0; i < count; ++i) {
      if (order.choose(ready) == std::vector{3 + i}) ++in_order;
    }
    return in_order;
  };
  run.step("after so many rounds each has had a turn, and then another one");
  run.see("first turns in the order of the numbers", rounds());
  run.see("second turns in the order of the first ones", rounds());
  run.why("");
}

void each_has_a_turn(probe::Run& run) {
  a_newcomer(run);
  const int most = run.number(2, 3);
  const int more = run.number(2, 3);
  Bench bench(run, static_cast<std::size_t>(most));
  const auto fds = descriptors(run, most + more);
  std::map<int, int> turns;
  const int rounds = most + more;
  run.why(
      "no more than `most` are served: those that never were, and the smaller "
      "ones first");
  for (int i = 0; i < rounds; ++i) {
    if (i == 1) {
      run.why(
          "to be ready is not to be served: those that never were still come "
          "first, the smaller ones before the others");
    }
    if (i == 2) {
      run.why(
          "the one that was served longest ago comes first: each service "
          "counts anew, and in one round the first of the result was served "
          "before the others");
    }
    for (const int fd : bench.shuffled(fds)) ++turns[fd];
  }
  run.why("");
  run.step("that were {} rounds", rounds);
  run.see("how often each was served",
          std::vector<std::pair<int, int>>(turns.begin(), turns.end()));
  all_fit(run);
  many(run);
}

// Some of six are ready, and now and then one is closed.
void any_order(probe::Story& story) {
  auto& run = story.run;
  const auto most = static_cast<std::size_t>(run.number(1, 4));
  const auto bench = std::make_shared<Bench>(run, most);
  const auto fds = descriptors(run, 6);
  for (int i = 0; i < 100; ++i) {
    auto some = fds;
    run.shuffle(some);
    const int closed = some.back();
    some.resize(static_cast<std::size_t>(run.number(0, 6)));
    if (run.number(1, 6) == 1) {
      story.add([=] { bench->close(closed); });
    } else {
      story.add([=] {
        bench->run.why(
            "those that were never served come first, by number; of the "
            "others, the one whose last service is longest ago. Nothing else "
            "is remembered, and nothing is forgotten");
        bench->round(some);
      });
    }
  }
}

void some_come_and_go(probe::Run& run) {
  Bench bench(run, 2);
  const auto fds = descriptors(run, 5);
  bench.round({fds[0], fds[1], fds[2]});
  run.why(
      "to be ready and not to be served changes nothing: it waits as long as "
      "before, and comes before those that were served");
  bench.round({fds[2], fds[0]});
  run.why("");
  bench.round({fds[1], fds[3], fds[0]});
  bench.round(fds);
  run.why("to be absent for a while changes nothing: the last service counts");
  bench.round({fds[4]});
  bench.round(fds);
  run.why("");
  for (int i = 0; i < 6; ++i) {
    auto some = fds;
    run.shuffle(some);
    some.resize(static_cast<std::size_t>(run.number(1, 5)));
    bench.round(some);
  }
}

void the_number_lives_on(probe::Run& run) {
  Bench bench(run, 1);
  auto fds = descriptors(run, 4);
  std::ranges::sort(fds);
  for (int i = 0; i < 4; ++i) bench.shuffled(fds);
  const int closed = run.pick(std::vector{fds[1], fds[2]});
  run.step("{} is closed, and its number is given to another one", closed);
  bench.order.forget(closed);
  bench.shuffled(fds);
  bench.shuffled(fds);
  run.why("a number that was never served is fine, and changes nothing");
  run.step("{} is closed, and was never ready", fds[3] + 1);
  bench.order.forget(fds[3] + 1);
  bench.shuffled(fds);
  run.why("");
  run.step("{} is closed, before it has another turn", closed);
  bench.order.forget(closed);
  std::erase(fds, closed);
  for (int i = 0; i < 3; ++i) bench.shuffled(fds);

  run.why(
      "after forget() it is as if the number had never been served: among "
      "several of those, the smaller one comes first");
  fds.push_back(closed);
  std::ranges::sort(fds);
  const int largest = fds.back();
  const int newcomer = largest + run.number(1, 9);
  const int smaller = fds.front() - 1;
  bench.close(largest);
  fds.push_back(newcomer);
  fds.push_back(smaller);
  for (int i = 0; i < 4; ++i) bench.shuffled(fds);
  run.why("");
  run.step("{} and {} are closed, and come again", fds[0], fds[1]);
  for (const std::size_t i : {1U, 0U}) bench.order.forget(fds[i]);
  for (int i = 0; i < 3; ++i) bench.shuffled(fds);

  run.stories(20, any_order);
}

}  // namespace

int main(int argc, char** argv) {
  return probe::main(argc, argv,
                     {{"each_has_a_turn", each_has_a_turn},
                      {"some_come_and_go", some_come_and_go},
                      {"the_number_lives_on", the_number_lives_on}});
}
