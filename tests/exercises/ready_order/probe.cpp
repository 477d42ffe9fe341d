#include <algorithm>
#include <cstddef>
#include <map>
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
  Bench(probe::Run& where, int at_most)
      : run(where), most(at_most), order(static_cast<std::size_t>(most)) {
    run.step("a ReadyOrder that serves {} in a round", most);
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

  probe::Run& run;
  int most;
  exercises::ReadyOrder order;
};

void everybody_has_a_turn(probe::Run& run) {
  const int most = run.number(2, 3);
  const int more = run.number(2, 3);
  Bench bench(run, most);
  auto fds = descriptors(run, most + more);
  std::map<int, int> turns;
  const int rounds = most + more;
  for (int i = 0; i < rounds; ++i) {
    run.shuffle(fds);  // the selector's order is its own
    for (const int fd : bench.round(fds)) ++turns[fd];
  }
  run.step("that were {} rounds", rounds);
  run.see("who was served how often",
          std::vector<std::pair<int, int>>(turns.begin(), turns.end()));
}

void some_come_and_go(probe::Run& run) {
  Bench bench(run, 2);
  const auto fds = descriptors(run, 5);
  bench.round({fds[0], fds[1], fds[2]});
  bench.round({fds[2], fds[0]});
  bench.round({fds[1], fds[3], fds[0]});
  bench.round(fds);
  bench.round({fds[4]});
  bench.round(fds);
  for (int i = 0; i < 3; ++i) {
    auto some = fds;
    run.shuffle(some);
    some.resize(4);
    bench.round(some);
  }
}

void the_number_lives_on(probe::Run& run) {
  Bench bench(run, 1);
  auto fds = descriptors(run, 4);
  std::ranges::sort(fds);
  for (int i = 0; i < 4; ++i) bench.round(fds);
  const int closed = run.pick(std::vector{fds[1], fds[2]});
  run.step("{} is closed, and opened again by somebody else", closed);
  bench.order.forget(closed);
  bench.round(fds);
  bench.round(fds);
  run.step("{} is closed, and was never ready", fds[3] + 1);
  bench.order.forget(fds[3] + 1);
  run.step("{} is closed, before it has another turn", closed);
  bench.order.forget(closed);
  std::erase(fds, closed);
  for (int i = 0; i < 3; ++i) bench.round(fds);
}

}  // namespace

int main(int argc, char** argv) {
  return probe::main(argc, argv,
                     {{"everybody_has_a_turn", everybody_has_a_turn},
                      {"some_come_and_go", some_come_and_go},
                      {"the_number_lives_on", the_number_lives_on}});
}
