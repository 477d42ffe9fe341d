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

// Groups of futures, and the operations that make them end.
constexpr std::array kOfGroups{
    Code::create_future, Code::set_result,     Code::set_exception,
    Code::create_task,   Code::create_task,    Code::cancel_task,
    Code::make_gather,   Code::make_gather,    Code::make_outcomes,
    Code::make_shield,   Code::cancel_group,   Code::show_group,
    Code::show_task,     Code::add_done_group, Code::drop_group,
    Code::raise,
};
constexpr std::array kAwaitsOfGroups{
    Code::sleep,          Code::await_task,          Code::await_group,
    Code::wait_for_group, Code::shield_group,        Code::gather_any,
    Code::gather_any,     Code::gather_any_outcomes, Code::return_value,
};

template <std::size_t n>
Code one_of(Dice& dice, const std::array<Code, n>& codes) {
  return codes[static_cast<std::size_t>(dice.below(static_cast<int>(n)))];
}

class Author {
 public:
  Author(Dice dice, const Wanted& wanted)
      : dice_(dice),
        wanted_(wanted),
        of_groups_(wanted.tasks && (wanted.circles || dice_.one_in(2))),
        slots_(of_groups_ ? 1 + dice_.below(kSlots) : kSlots) {}
  Program write();

 private:
  void write_script(std::vector<Op>& ops, int script);
  Op draw_op(int script);
  Op fill(Code code, int script);
  Code draw_code(int script);
  int draw(char kind, Code code, int script);
  int draw_script(int script) {
    return script + 1 + dice_.below(kScripts - script - 1);
  }

  Dice dice_;
  const Wanted wanted_;
  const bool of_groups_;
  const int slots_;  // few: then they are in use
};

Code Author::draw_code(int script) {
  constexpr int kAll = static_cast<int>(Code::count);
  constexpr int kPlain = static_cast<int>(kFirstOfChapter3);
  constexpr int kCoroutines = static_cast<int>(kFirstOfCoroutines);
  const bool waits = script > 0 && wanted_.tasks && dice_.one_in(2);
  if (script == 0 && dice_.one_in(4)) return Code::run;
  if (of_groups_ && !dice_.one_in(4)) {
    return waits ? one_of(dice_, kAwaitsOfGroups) : one_of(dice_, kOfGroups);
  }
  // Half of the scripts that run in the loop may wait.
  if (waits) {
    return static_cast<Code>(kCoroutines + dice_.below(kAll - kCoroutines));
  }
  // Outside of the loop something must be started.
  if (script == 0 && wanted_.tasks && dice_.one_in(3)) return Code::create_task;
  if (script == 0 && wanted_.tasks && dice_.one_in(3)) {
    return Code::create_future;
  }
  return static_cast<Code>(dice_.below(wanted_.tasks ? kCoroutines : kPlain));
}

int Author::draw(char kind, Code code, int script) {
  switch (kind) {
    case 's':
      return draw_script(script);
    case 'p':
      return dice_.below(kPipes);
    case 'm':
      return dice_.below(3);
    case 'a': {
      const int any = kAnyKind * dice_.below(5);
      if (any == kNone || any == kAnyScript) {
        return any == kAnyScript && script + 1 < kScripts
                   ? any + draw_script(script)
                   : kNone;
      }
      return any + dice_.below(slots_);
    }
    case 'n':
      break;
    default:
      return dice_.below(slots_);
  }
  switch (code) {
    case Code::call_at:
      return dice_.below(12);
    case Code::write:
      return 1 + dice_.below(3);
    case Code::call_later:
      if (dice_.one_in(40)) return 100'000 * dice_.below(3);  // over a day
      [[fallthrough]];
    case Code::sleep:
    case Code::wait_for_future:
    case Code::wait_for_task:
    case Code::wait_for_group:
    case Code::wait_for_coro:
      return dice_.below(5) - 1;
    default:
      return dice_.below(4);
  }
}

Op Author::fill(Code code, int script) {
  Op op{code, {}};
  const auto arguments = form(code).arguments;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    op.arguments[i] = draw(arguments[i], code, script);
  }
  return op;
}

Op Author::draw_op(int script) {
  for (;;) {
    const Code code = draw_code(script);
    const bool ends = code == Code::raise || code == Code::close ||
                      code == Code::stop || code == Code::return_value;
    if (ends && !dice_.one_in(3)) continue;
    const auto arguments = form(code).arguments;
    const bool last_script = script + 1 == kScripts;
    if (last_script && arguments.find('s') != arguments.npos) continue;
    return fill(code, script);
  }
}

void Author::write_script(std::vector<Op>& ops, int script) {
  if (script == 0 && of_groups_) {
    for (const Code code :
         {Code::create_future, Code::create_task, Code::make_gather}) {
      for (int i = 0; i < slots_; ++i) {
        ops.push_back(fill(code, script));
        ops.back().arguments[0] = i;
      }
    }
  }
  const int size = script == 0 ? 5 + dice_.below(12) : dice_.below(9);
  for (int i = 0; i < size; ++i) ops.push_back(draw_op(script));
  if (script > 0 && of_groups_ && dice_.one_in(3)) {
    ops.push_back(fill(Code::raise, script));
  }
}

Program Author::write() {
  Program program;
  program.tasks = wanted_.tasks;
  program.keep = wanted_.peer || dice_.one_in(3);
  program.slots_last = dice_.one_in(2);
  program.circles = wanted_.circles || (wanted_.kill && dice_.one_in(4));
  if (wanted_.kill) {
    program.kill = dice_.one_in(2) ? Kill::slots : Kill::loop;
    program.keep = false;
    program.kill_at = 1;  // the caller tries them all
  }
  program.scripts.resize(kScripts);
  for (int script = 0; script < kScripts; ++script) {
    auto& ops = program.scripts[static_cast<std::size_t>(script)];
    write_script(ops, script);
    std::erase_if(ops, [&](const Op& op) {
      return (wanted_.peer && op.code == Code::close) ||
             (program.kill == Kill::loop && op.code == Code::post);
    });
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
        if (arguments[k] == 'a') {
          if (op.arguments[k] == kNone) continue;
          with([&](Program& p) { p.scripts[s][i].arguments[k] = kNone; });
          continue;
        }
        if (op.arguments[k] <= least) continue;
        with([&](Program& p) { p.scripts[s][i].arguments[k] = least; });
        if (op.arguments[k] == least + 1) continue;
        with([&](Program& p) { --p.scripts[s][i].arguments[k]; });
      }
    }
  }
  if (program.circles) with([](Program& p) { p.circles = false; });
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
    return shrinkable(Author(Dice(random), wanted).write());
  };
}

void showValue(const Program& program, std::ostream& out) {
  out << text(program);
}

}  // namespace model
