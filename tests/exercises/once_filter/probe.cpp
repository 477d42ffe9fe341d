#include <algorithm>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "chapters/07_resource_warning/exercises/once_filter.hpp"
#include "tests/grader/judge/probe.hpp"

namespace {

using namespace std::string_literals;
using ch07::WarningMessage;

const std::vector<std::string> kRemembering = {"default", "module", "once"};

// Two kinds of the same name, and one that is made from UserWarning.
constexpr ch07::Category kOven("KitchenWarning");
constexpr ch07::Category kTap("KitchenWarning");
constexpr ch07::Category kGuest("GuestWarning", ch07::UserWarning);

// Characters that end a line or a C string, as they are written in a program.
std::string readable(const std::string& text) {
  std::string result;
  for (const char c : text) {
    switch (c) {
      case '\0':
        result += "\\0";
        break;
      case '\n':
        result += "\\n";
        break;
      case '\x1f':
        result += "\\x1f";
        break;
      default:
        result += c;
    }
  }
  return result;
}

std::string place(const WarningMessage& message) {
  return readable(message.file) + ":" + std::to_string(message.line);
}

struct Bench {
  explicit Bench(probe::Run& where) : run(where) {}

  WarningMessage message() {
    const auto text = run.word();
    const auto file = run.word() + ".cpp";
    const int line = run.number(10, 99);
    return {.text = text,
            .category = &ch07::UserWarning,
            .file = file,
            .line = static_cast<unsigned>(line)};
  }
  void ask(const std::string& action, const WarningMessage& message,
           const std::string& remark = "") {
    run.step("{}, for {}: {}: {}{}", action, place(message),
             message.category->name(), readable(message.text), remark);
    run.see("is it shown", answer(action, message));
  }
  void forget() {
    run.step("forget()");
    filter->forget();
  }
  // Each of the three that remember, in an order of the seed's.
  void ask_all(const WarningMessage& message) {
    auto actions = kRemembering;
    run.shuffle(actions);
    for (const std::string& action : actions) ask(action, message);
  }

  // The action and the message say something else when the call has returned.
  std::string answer(const std::string& action, const WarningMessage& message) {
    lent.push_back(std::make_unique<Lent>(action, message));
    auto& [its_action, its_message] = *lent.back();
    std::string result;
    try {
      result = filter->shows(its_action, its_message) ? "yes" : "no";
    } catch (const ch07::WarningError& error) {
      result = "it throws WarningError: " + place(error.message()) + ": " +
               error.describe();
    } catch (const std::invalid_argument&) {
      result = "it throws std::invalid_argument";
    }
    for (auto* text : {&its_action, &its_message.text, &its_message.file}) {
      std::fill(text->begin(), text->end(), '~');
    }
    its_message.line = 0;
    its_message.category = &ch07::Warning;
    return result;
  }

  using Lent = std::pair<std::string, WarningMessage>;
  probe::Run& run;
  std::vector<std::unique_ptr<Lent>> lent = {};
  std::unique_ptr<exercises::OnceFilter> filter = exercises::make_once_filter();
};

void once_for_each_line(probe::Run& run) {
  Bench bench(run);
  run.why(
      "the filter copies what it remembers: the caller's action and message "
      "may change, or be gone, after the call");
  const WarningMessage copied = bench.message();
  bench.ask("default", copied);
  bench.ask("default", copied);
  run.why("");
  const WarningMessage first = bench.message();
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

void no_trace(probe::Run& run) {
  Bench bench(run);
  run.why(
      "a warning that was ignored has never been shown: ignore must not "
      "remember it");
  const WarningMessage ignored = bench.message();
  bench.ask("ignore", ignored);
  bench.ask_all(ignored);
  bench.ask("ignore", ignored);

  run.why(
      "error throws each time, with the whole message, and remembers nothing: "
      "what was thrown has not been shown");
  const WarningMessage refused = bench.message();
  bench.ask("error", refused);
  bench.ask("error", refused);
  bench.ask_all(refused);
  bench.ask("error", refused);

  run.why("always shows it each time, and remembers nothing");
  const WarningMessage repeated = bench.message();
  bench.ask("always", repeated);
  bench.ask("always", repeated);
  bench.ask_all(repeated);
  bench.ask("always", repeated);

  run.why(
      "any other action is a mistake of the caller's: it throws "
      "std::invalid_argument, before anything is remembered");
  const WarningMessage lost = bench.message();
  const auto nonsense = run.word();
  std::vector<std::string> unknown = {nonsense, "", "Once", "defaults", "mod"};
  run.shuffle(unknown);
  for (const std::string& action : unknown) {
    run.step("\"{}\", for {}: no such action", action, lost.text);
    run.see_outcome("the call", [&] {
      static_cast<void>(bench.filter->shows(action, lost));
    });
  }
  bench.ask_all(lost);
  const auto late = run.pick(unknown);
  run.step("\"{}\", for {}: no such action", late, lost.text);
  run.see_outcome("the call",
                  [&] { static_cast<void>(bench.filter->shows(late, lost)); });
}

void three_memories(probe::Run& run) {
  Bench bench(run);
  run.why(
      "module looks at text, category and file: another line makes no "
      "difference");
  const WarningMessage first = bench.message();
  std::vector<WarningMessage> warnings(5, first);
  warnings[1].line += 1;
  warnings[2].text = run.word();
  warnings[3].category = &ch07::RuntimeWarning;
  warnings[4].file = run.word() + ".cpp";
  run.shuffle(warnings);
  for (const WarningMessage& warning : warnings) bench.ask("module", warning);

  run.why(
      "once looks at text and category: another file or line makes no "
      "difference");
  run.shuffle(warnings);
  for (const WarningMessage& warning : warnings) bench.ask("once", warning);

  run.why(
      "each of the three has a memory of its own: what one has shown is new to "
      "the others");
  const WarningMessage shared = bench.message();
  bench.ask_all(shared);
  bench.ask_all(shared);

  run.why(
      "at an unknown place, file \"\" and line 0, only the action tells the "
      "three memories apart");
  WarningMessage from_nowhere = bench.message();
  from_nowhere.file = "";
  from_nowhere.line = 0;
  bench.ask_all(from_nowhere);
  bench.ask_all(from_nowhere);

  run.why("another filter knows nothing of what this one has shown");
  run.step("a second filter is made");
  Bench second(run);
  second.ask_all(shared);
  run.step("the first filter again");
  bench.ask_all(shared);

  run.why("forget() empties all three memories, and only this filter's");
  run.step("forget() of the first filter");
  bench.filter->forget();
  bench.ask_all(shared);
  run.step("the second filter again");
  second.ask_all(shared);
}

// Two warnings that look the same if their parts are put together.
void ask_both(Bench& bench, const WarningMessage& first,
              const WarningMessage& second, const std::string& action) {
  bench.ask(action, first);
  bench.ask(action, second);
  bench.ask(action, first);
}

// Warnings whose parts are a few words, so that they are often the same ones.
void any_order(probe::Story& story) {
  auto& run = story.run;
  const auto bench = std::make_shared<Bench>(run);
  const auto words = run.words(2);
  for (int i = 0; i < 100; ++i) {
    if (run.number(1, 20) == 1) {
      story.add([=] { bench->forget(); });
      continue;
    }
    WarningMessage message;
    message.text = run.pick(words);
    message.file = run.pick(words);
    message.line = static_cast<unsigned>(run.number(0, 2));
    const bool oven = run.coin();
    message.category = oven ? &kOven : &kTap;
    const auto action =
        run.pick<std::string>({"default", "module", "once", "default", "module",
                               "once", "always", "ignore", "error", "first"});
    story.add([=] {
      bench->run.why(
          "the answer depends on the action, on the parts that it looks at, "
          "and on what the same action has shown since forget(), however much "
          "that was");
      bench->ask(action, message, oven ? "" : " (another of the same name)");
    });
  }
}

void the_same_and_yet_not(probe::Run& run) {
  Bench bench(run);
  run.why(
      "parts that are joined into one text run into each other: keep them "
      "apart in the key");
  std::vector<std::string> between = {":",    "\n", "\0"s,          "",
                                      "\x1f", "|",  ":UserWarning:"};
  run.shuffle(between);
  for (int i = 0; i < 14; ++i) {
    const std::string joint = between.at(static_cast<std::size_t>(i) / 2);
    const bool file_first = i % 2 == 0;
    const auto middle = run.word();
    const WarningMessage plain = bench.message();
    WarningMessage first = plain;
    WarningMessage second = plain;
    const auto left =
        file_first ? &WarningMessage::file : &WarningMessage::text;
    const auto right =
        file_first ? &WarningMessage::text : &WarningMessage::file;
    first.*left += joint + middle;
    second.*right = middle + joint + second.*right;
    bench.ask("module", first);
    bench.ask("module", second);
  }
  WarningMessage first = bench.message();
  WarningMessage second = first;
  first.line = 11;
  second.file += "1";
  second.line = 1;
  ask_both(bench, first, second, "default");

  run.why(
      "two warnings are the same if each part of one equals that part of the "
      "other: a mix of the parts, or of their hashes, is not enough");
  first = bench.message();
  second = first;
  std::swap(second.text, second.file);
  ask_both(bench, first, second, "module");
  first.file = first.text;
  second.text = second.file;
  ask_both(bench, first, second, "module");

  run.why("a file is its whole name, with the folders in it");
  first = bench.message();
  second = first;
  first.file = "tea/" + first.file;
  second.file = "milk/" + second.file;
  ask_both(bench, first, second, "module");

  run.why(
      "texts and names of files may contain any character, and equal means "
      "equal to the last one");
  first = bench.message();
  second = first;
  first.text += "\0a"s;
  second.text += "\0b"s;
  ask_both(bench, first, second, "once");
  first = bench.message();
  second = first;
  first.text += "!";
  second.text += " !";
  ask_both(bench, first, second, "once");
  first = bench.message();
  second = first;
  second.text[0] = static_cast<char>(second.text[0] - 'a' + 'A');
  ask_both(bench, first, second, "once");

  run.why("a category is its address: another one may have the same name");
  WarningMessage oven = bench.message();
  oven.category = &kOven;
  WarningMessage tap = oven;
  tap.category = &kTap;
  bench.ask("once", oven);
  bench.ask("once", tap, " (another category of the same name)");
  bench.ask("once", oven, " (the first category)");
  run.why("a category that was made from another one is still not that one");
  const WarningMessage user = bench.message();
  WarningMessage guest = user;
  guest.category = &kGuest;
  run.coin() ? ask_both(bench, user, guest, "once")
             : ask_both(bench, guest, user, "once");

  run.stories(20, any_order);
}

}  // namespace

int main(int argc, char** argv) {
  return probe::main(argc, argv,
                     {{"once_for_each_line", once_for_each_line},
                      {"no_trace", no_trace},
                      {"three_memories", three_memories},
                      {"the_same_and_yet_not", the_same_and_yet_not}});
}
