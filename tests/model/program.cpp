#include "tests/model/program.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <sstream>
#include <stdexcept>

namespace model {

namespace {

constexpr std::array<Form, static_cast<std::size_t>(Code::count)> kForms{{
    {"call_soon", "hs"},
    {"call_later", "hsn"},
    {"call_at", "hsn"},
    {"cancel_handle", "h"},
    {"post", "s"},
    {"add_reader", "ps"},
    {"remove_reader", "p"},
    {"write", "pn"},
    {"stop", ""},
    {"block", "n"},
    {"raise", "n"},
    {"run", ""},
    {"close", ""},
    {"create_future", "f"},
    {"set_result", "fn"},
    {"set_exception", "fn"},
    {"cancel_future", "f"},
    {"show_future", "f"},
    {"add_done", "dfs"},
    {"add_done_task", "dts"},
    {"remove_done", "d"},
    {"create_task", "ts"},
    {"make_gather", "gaaa"},
    {"make_outcomes", "gaaa"},
    {"make_shield", "ga"},
    {"cancel_group", "g"},
    {"show_group", "g"},
    {"drop_group", "g"},
    {"run_group", "g"},
    {"add_done_group", "dgs"},
    {"cancel_task", "t"},
    {"uncancel", "t"},
    {"show_task", "t"},
    {"drop_future", "f"},
    {"drop_task", "t"},
    {"run_future", "f"},
    {"run_task", "t"},
    {"sleep", "nm"},
    {"await_future", "fm"},
    {"await_task", "tm"},
    {"await_coro", "sm"},
    {"gather_futures", "ffm"},
    {"gather_tasks", "ttm"},
    {"gather_coros", "ssm"},
    {"gather_outcomes", "ttm"},
    {"wait_for_future", "fnm"},
    {"wait_for_task", "tnm"},
    {"wait_for_coro", "snm"},
    {"shield_future", "fm"},
    {"shield_task", "tm"},
    {"await_group", "gm"},
    {"wait_for_group", "gnm"},
    {"shield_group", "gm"},
    {"gather_any", "aaam"},
    {"gather_any_outcomes", "aaam"},
    {"return", "n"},
}};

constexpr std::string_view kAnyLetters = "ftgs-";
constexpr std::array<std::string_view, 3> kCatchTexts{"", "errors", "all"};
constexpr std::array<std::string_view, 3> kKillTexts{"", "slots", "loop"};

[[noreturn]] void refuse(const std::string& line) {
  throw std::invalid_argument("not a line of a program: " + line);
}

int number(std::string_view digits, const std::string& line) {
  int value = 0;
  const auto* const end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, value);
  if (error != std::errc() || stop != end) refuse(line);
  return value;
}

int argument(char kind, std::string_view word, const std::string& line,
             std::size_t script) {
  if (kind == 'n') return number(word, line);
  if (kind == 'a') {
    const auto found = word.empty() ? word.npos : kAnyLetters.find(word[0]);
    if (found == word.npos) refuse(line);
    const int any = kAnyKind * static_cast<int>(found);
    if (any == kNone) return kNone;
    return any + argument(word[0], word, line, script);
  }
  if (word.empty() || word.front() != kind) refuse(line);
  const int value = number(word.substr(1), line);
  const int most = kind == 's' ? kScripts : kind == 'p' ? kPipes : kSlots;
  const int least = kind == 's' ? static_cast<int>(script) + 1 : 0;
  if (value < least || value >= most) refuse(line);
  return value;
}

Op parse_op(const std::string& line, std::size_t script) {
  std::istringstream words(line);
  std::string word;
  words >> word;
  const auto* const found = std::ranges::find(kForms, word, &Form::name);
  if (found == kForms.end()) refuse(line);
  Op op{static_cast<Code>(found - kForms.begin()), {}};
  for (std::size_t i = 0; i < found->arguments.size(); ++i) {
    const char kind = found->arguments[i];
    word.clear();
    words >> word;
    if (kind != 'm') {
      op.arguments[i] = argument(kind, word, line, script);
      continue;
    }
    const auto* const mode = std::ranges::find(kCatchTexts, word);
    if (mode == kCatchTexts.end()) refuse(line);
    op.arguments[i] = static_cast<int>(mode - kCatchTexts.begin());
  }
  if (words >> word) refuse(line);
  return op;
}

void parse_head(Program& program, const std::string& line) {
  std::istringstream words(line);
  std::string word;
  words >> word;
  if (word != "program") refuse(line);
  program.tasks = program.slots_last = program.circles = false;
  while (words >> word) {
    if (word == "tasks") {
      program.tasks = true;
    } else if (word == "keep") {
      program.keep = true;
    } else if (word == "slots_last") {
      program.slots_last = true;
    } else if (word == "circles") {
      program.circles = true;
    } else if (word == "kill") {
      words >> word;
      const auto* const kill = std::ranges::find(kKillTexts, word);
      if (kill == kKillTexts.end()) refuse(line);
      program.kill = static_cast<Kill>(kill - kKillTexts.begin());
      words >> word;
      program.kill_at = number(word, line);
    } else {
      refuse(line);
    }
  }
}

}  // namespace

const Form& form(Code code) { return kForms[static_cast<std::size_t>(code)]; }

std::string text(const Op& op) {
  const auto& [name, arguments] = form(op.code);
  std::string result(name);
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const int value = op.arguments[i];
    if (arguments[i] == 'a') {
      const char kind = kAnyLetters[static_cast<std::size_t>(value / kAnyKind)];
      result += fmt::format(" {}", kind);
      if (value != kNone) result += fmt::format("{}", value % kAnyKind);
    } else if (arguments[i] == 'n') {
      result += fmt::format(" {}", value);
    } else if (arguments[i] != 'm') {
      result += fmt::format(" {}{}", arguments[i], value);
    } else if (value != kNothing) {
      result +=
          fmt::format(" {}", kCatchTexts[static_cast<std::size_t>(value)]);
    }
  }
  return result;
}

std::string text(const Program& program) {
  std::string result = "program";
  if (program.tasks) result += " tasks";
  if (program.keep) result += " keep";
  if (program.slots_last) result += " slots_last";
  if (program.circles) result += " circles";
  if (program.kill != Kill::nothing) {
    result += fmt::format(" kill {} {}",
                          kKillTexts[static_cast<std::size_t>(program.kill)],
                          program.kill_at);
  }
  for (std::size_t i = 0; i < program.scripts.size(); ++i) {
    if (program.scripts[i].empty()) continue;
    result += fmt::format("\nscript {}", i);
    for (const Op& op : program.scripts[i]) result += "\n  " + text(op);
  }
  return result + "\n";
}

Program parse(std::string_view text) {
  Program program;
  program.scripts.resize(kScripts);
  std::istringstream lines{std::string(text)};
  std::size_t script = 0;
  bool head = false;
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line.front() == '#') continue;
    if (!head) {
      parse_head(program, line);
      head = true;
    } else if (line.starts_with("script ")) {
      script = static_cast<std::size_t>(number(line.substr(7), line));
      if (script >= program.scripts.size()) refuse(line);
    } else {
      program.scripts[script].push_back(parse_op(line, script));
    }
  }
  return program;
}

}  // namespace model
