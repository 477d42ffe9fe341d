#include "tests/model/generate.hpp"

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <ostream>
#include <vector>

namespace model {

namespace {

// Draws from RapidCheck's random numbers: a program of fifty operations made of
// generators for each field would take longer to make than to run.
class Dice {
 public:
  explicit Dice(rc::Random random) : random_(random) {}
  int below(int limit) {
    return static_cast<int>(random_.next() % static_cast<unsigned>(limit));
  }
  bool one_in(int n) { return below(n) == 0; }

 private:
  rc::Random random_;
};

Code draw_code(Dice& dice, int script, const Wanted& wanted) {
  constexpr int kAll = static_cast<int>(Code::count);
  constexpr int kPlain = static_cast<int>(kFirstOfChapter3);
  constexpr int kCoroutines = static_cast<int>(kFirstOfCoroutines);
  if (script > 0) {
    if (!wanted.tasks) return static_cast<Code>(dice.below(kPlain));
    // Half of what runs in the loop may wait.
    return static_cast<Code>(dice.one_in(2)
                                 ? kCoroutines + dice.below(kAll - kCoroutines)
                                 : dice.below(kCoroutines));
  }
  // Outside of the loop something must be started, and the loop must run.
  if (dice.one_in(4)) return Code::run;
  if (wanted.tasks && dice.one_in(3)) return Code::create_task;
  if (wanted.tasks && dice.one_in(3)) return Code::create_future;
  return static_cast<Code>(dice.below(wanted.tasks ? kCoroutines : kPlain));
}

int draw(Dice& dice, char kind, Code code, int script) {
  switch (kind) {
    case 's':
      return script + 1 + dice.below(kScripts - script - 1);
    case 'p':
      return dice.below(kPipes);
    case 'm':
      return dice.below(3);
    case 'n':
      break;
    default:
      return dice.below(kSlots);
  }
  switch (code) {
    case Code::call_at:
      return dice.below(12);
    case Code::write:
      return 1 + dice.below(3);
    case Code::call_later:
      if (dice.one_in(40)) return 100'000 * dice.below(3);  // over a day
      [[fallthrough]];
    case Code::sleep:
    case Code::wait_for_future:
    case Code::wait_for_task:
    case Code::wait_for_coro:
      return dice.below(5) - 1;
    default:
      return dice.below(4);
  }
}

Op draw_op(Dice& dice, int script, const Wanted& wanted) {
  for (;;) {
    Op op{draw_code(dice, script, wanted), {}};
    const bool ends = op.code == Code::raise || op.code == Code::close ||
                      op.code == Code::stop || op.code == Code::return_value;
    if (ends && !dice.one_in(3)) continue;
    const auto arguments = form(op.code).arguments;
    const bool last_script = script + 1 == kScripts;
    if (last_script && arguments.find('s') != arguments.npos) continue;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
      op.arguments[i] = draw(dice, arguments[i], op.code, script);
    }
    return op;
  }
}

Program draw_program(Dice dice, const Wanted& wanted) {
  Program program;
  program.tasks = wanted.tasks;
  program.keep = wanted.peer || dice.one_in(3);
  program.slots_last = dice.one_in(2);
  if (wanted.kill) {
    program.kill = dice.one_in(2) ? Kill::slots : Kill::loop;
    program.keep = false;
    program.kill_at = 1;  // whoever runs it tries them all
  }
  program.scripts.resize(kScripts);
  for (int script = 0; script < kScripts; ++script) {
    auto& ops = program.scripts[static_cast<std::size_t>(script)];
    const int size = script == 0 ? 5 + dice.below(12) : dice.below(9);
    for (int i = 0; i < size; ++i) {
      ops.push_back(draw_op(dice, script, wanted));
      const Code code = ops.back().code;
      if ((wanted.peer && code == Code::close) ||
          (program.kill == Kill::loop && code == Code::post)) {
        ops.pop_back();
      }
    }
  }
  return program;
}

}  // namespace

std::vector<Program> smaller(const Program& program) {
  std::vector<Program> all;
  const auto with = [&](auto change) {
    Program other = program;
    change(other);
    all.push_back(std::move(other));
  };
  for (std::size_t s = 0; s < program.scripts.size(); ++s) {
    const std::size_t size = program.scripts[s].size();
    for (std::size_t part = size; part > 0; part /= 2) {
      for (std::size_t from = 0; from + part <= size; from += part) {
        with([&](Program& p) {
          auto& ops = p.scripts[s];
          const auto first = ops.begin() + static_cast<std::ptrdiff_t>(from);
          ops.erase(first, first + static_cast<std::ptrdiff_t>(part));
        });
      }
    }
  }
  for (std::size_t s = 0; s < program.scripts.size(); ++s) {
    for (std::size_t i = 0; i < program.scripts[s].size(); ++i) {
      const Op& op = program.scripts[s][i];
      const auto arguments = form(op.code).arguments;
      for (std::size_t k = 0; k < arguments.size(); ++k) {
        const int least = arguments[k] == 's' ? static_cast<int>(s) + 1 : 0;
        if (op.arguments[k] <= least) continue;
        with([&](Program& p) { p.scripts[s][i].arguments[k] = least; });
        if (op.arguments[k] == least + 1) continue;
        with([&](Program& p) { --p.scripts[s][i].arguments[k]; });
      }
    }
  }
  if (program.keep) with([](Program& p) { p.keep = false; });
  if (program.slots_last) with([](Program& p) { p.slots_last = false; });
  return all;
}

namespace {

rc::Shrinkable<Program> shrinkable(Program program) {
  return rc::shrinkable::shrinkRecur(
      std::move(program), [](const Program& larger) {
        return rc::seq::fromContainer(smaller(larger));
      });
}

}  // namespace

rc::Gen<Program> programs(Wanted wanted) {
  return [wanted](const rc::Random& random, int) {
    return shrinkable(draw_program(Dice(random), wanted));
  };
}

void showValue(const Program& program, std::ostream& out) {
  out << text(program);
}

}  // namespace model
