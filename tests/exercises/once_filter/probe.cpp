#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "chapters/07_resource_warning/exercises/once_filter.hpp"
#include "tests/grader/judge/probe.hpp"

namespace {

using ch07::WarningMessage;

// Two kinds of the same name.
constexpr ch07::Category kOven("KitchenWarning");
constexpr ch07::Category kTap("KitchenWarning");

struct Bench {
  explicit Bench(probe::Run& where) : run(where) {}

  WarningMessage message(std::string text) {
    const auto file = run.word() + ".cpp";
    const int line = run.number(10, 99);
    return {.text = std::move(text),
            .category = &ch07::UserWarning,
            .file = file,
            .line = static_cast<unsigned>(line)};
  }
  void ask(const std::string& action, const WarningMessage& message,
           const std::string& remark = "") {
    run.step("{}, for {}:{}: {}: {}{}", action, message.file, message.line,
             message.category->name(), message.text, remark);
    std::string answer = "no";
    try {
      const bool shown = filter->shows(action, message);
      if (shown) answer = "yes: " + message.text;
    } catch (const ch07::WarningError& error) {
      answer = "it throws " + error.describe();
    }
    run.see("is it shown", answer);
  }

  probe::Run& run;
  std::unique_ptr<exercises::OnceFilter> filter = exercises::make_once_filter();
};

void once_for_each_line(probe::Run& run) {
  Bench bench(run);
  const WarningMessage first = bench.message(run.word());
  std::vector<WarningMessage> warnings(5, first);
  warnings[1].line += 1;
  warnings[2].text = run.word();
  warnings[3].category = &ch07::RuntimeWarning;
  warnings[4].file = run.word() + ".cpp";
  const auto again = warnings;
  warnings.insert(warnings.end(), again.begin(), again.end());
  run.shuffle(warnings);
  for (const WarningMessage& warning : warnings) bench.ask("default", warning);
}

void three_memories(probe::Run& run) {
  Bench bench(run);
  const WarningMessage first = bench.message(run.word());
  WarningMessage other_line = first;
  other_line.line += 1;
  WarningMessage other_file = first;
  other_file.file = run.word() + ".cpp";
  std::vector<std::pair<std::string, WarningMessage>> asked;
  for (const char* action : {"default", "module", "once"}) {
    asked.emplace_back(action, first);
    asked.emplace_back(action, other_line);
    asked.emplace_back(action, other_file);
  }
  run.shuffle(asked);
  for (const auto& [action, warning] : asked) bench.ask(action, warning);
  run.step("forget()");
  bench.filter->forget();
  bench.ask(run.pick<std::string>({"default", "module", "once"}), first);
}

void no_trace(probe::Run& run) {
  Bench bench(run);
  const std::vector<std::string> remembering = {"default", "module", "once"};
  const WarningMessage ignored = bench.message(run.word());
  const auto remembers = run.pick(remembering);
  bench.ask("ignore", ignored);
  bench.ask(remembers, ignored);
  bench.ask("ignore", ignored);
  const WarningMessage refused = bench.message(run.word());
  bench.ask("error", refused);
  bench.ask("error", refused);
  bench.ask(run.pick(remembering), refused);
  const WarningMessage repeated = bench.message(run.word());
  bench.ask("always", repeated);
  bench.ask("always", repeated);
  bench.ask(run.pick(remembering), repeated);
  const auto unknown = run.word();
  run.step("{}, for {}: no such action", unknown, repeated.text);
  run.see_outcome("how the call ends", [&] {
    static_cast<void>(bench.filter->shows(unknown, repeated));
  });
}

void the_same_and_yet_not(probe::Run& run) {
  Bench bench(run);
  const auto action = run.pick<std::string>({"default", "module"});
  WarningMessage first = bench.message(run.word());
  const auto middle = run.word();
  WarningMessage second = first;
  first.text += ":" + middle;
  second.file = middle + ":" + second.file;
  bench.ask(action, first);
  bench.ask(action, second);
  bench.ask(action, first);
  bench.ask(action, second);

  WarningMessage oven = bench.message(run.word());
  oven.category = &kOven;
  WarningMessage tap = oven;
  tap.category = &kTap;
  bench.ask("once", oven);
  bench.ask("once", tap, " (another category of the same name)");
  bench.ask("once", oven, " (the first category)");

  WarningMessage from_nowhere = bench.message(run.word());
  from_nowhere.file = "";
  from_nowhere.line = 0;
  std::vector<std::string> actions = {"default", "module", "once"};
  run.shuffle(actions);
  for (const std::string& each : actions) bench.ask(each, from_nowhere);
}

}  // namespace

int main(int argc, char** argv) {
  return probe::main(argc, argv,
                     {{"once_for_each_line", once_for_each_line},
                      {"three_memories", three_memories},
                      {"no_trace", no_trace},
                      {"the_same_and_yet_not", the_same_and_yet_not}});
}
