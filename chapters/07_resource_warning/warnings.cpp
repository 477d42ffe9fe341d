#include "chapters/07_resource_warning/warnings.hpp"

#include <pthread.h>

#include <algorithm>
#include <charconv>
#include <mutex>
#include <regex>
#include <set>
#include <tuple>
#include <utility>

#include "chapters/04_logging/logger.hpp"
#include "common/output.hpp"
#include "common/place.hpp"
#include "common/repr.hpp"

namespace ch07 {

namespace {

enum class Action { default_, always, ignore, module, once, error };

// In the order in which a shortened name is looked up.
constexpr std::pair<std::string_view, Action> kActions[] = {
    {"default", Action::default_}, {"always", Action::always},
    {"ignore", Action::ignore},    {"module", Action::module},
    {"once", Action::once},        {"error", Action::error},
};

constexpr const Category* kCategories[] = {
    &Warning,
    &UserWarning,
    &RuntimeWarning,
    &DeprecationWarning,
    &PendingDeprecationWarning,
    &ImportWarning,
    &ResourceWarning,
};

[[noreturn]] void refuse(const std::string& problem, std::string_view text) {
  throw std::invalid_argument(problem + " " + common::repr(text));
}

// libstdc++ reads and matches regular expressions by recursion, a step for each
// character: long ones would overflow the stack.
constexpr std::size_t kLongest = 1000;

// A pattern for the start of a text; an empty one matches everything.
class Pattern {
 public:
  Pattern(const std::string& text, std::regex::flag_type flags) {
    if (text.empty()) return;
    if (text.size() > kLongest) {
      throw std::invalid_argument("invalid pattern: longer than " +
                                  std::to_string(kLongest) + " characters");
    }
    try {
      regex_ = std::make_shared<const std::regex>(text, flags);
    } catch (const std::regex_error& error) {
      throw std::invalid_argument("invalid pattern " + common::repr(text) +
                                  ": " + error.what());
    }
  }

  bool matches(std::string_view text) const {
    text = text.substr(0, kLongest);
    return !regex_ || std::regex_search(text.begin(), text.end(), *regex_,
                                        std::regex_constants::match_continuous);
  }

 private:
  std::shared_ptr<const std::regex> regex_;  // copies of a filter share it
};

struct Rule {
  WarningFilter filter;
  Action action;
  Pattern message;
  Pattern file;
};

Rule make_rule(std::string_view action, std::string_view message,
               const Category& category, std::string_view file, unsigned line) {
  const auto* known =
      std::find_if(std::begin(kActions), std::end(kActions),
                   [&](const auto& each) { return each.first == action; });
  if (known == std::end(kActions)) refuse("invalid action:", action);
  WarningFilter filter{.action = std::string(action),
                       .message = std::string(message),
                       .category = &category,
                       .file = std::string(file),
                       .line = line};
  Pattern message_pattern(filter.message,
                          std::regex::ECMAScript | std::regex::icase);
  Pattern file_pattern(filter.file, std::regex::ECMAScript);
  return Rule{.filter = std::move(filter),
              .action = known->second,
              .message = std::move(message_pattern),
              .file = std::move(file_pattern)};
}

// What was shown: the action that made it be remembered, the registry (the
// source file), text, category and line.
using Key =
    std::tuple<Action, std::string, std::string, const Category*, unsigned>;

struct State {
  // Of all that follows. Never held while a hook runs or is destroyed, and
  // fork() waits for it: a child finds it free.
  std::mutex mutex;
  std::vector<Rule> rules;
  std::set<Key> shown;
  std::shared_ptr<const ShowWarning> showwarning;
  std::shared_ptr<const UnraisableHook> unraisablehook;
  bool captured = false;  // by capture_warnings
  std::shared_ptr<const ShowWarning> uncaptured;

  State() {
    // Python's, without its exception for deprecations in `__main__`: in C++
    // no module is the main one.
    for (const Category* category :
         {&DeprecationWarning, &PendingDeprecationWarning, &ImportWarning,
          &ResourceWarning}) {
      rules.push_back(make_rule("ignore", "", *category, "", 0));
    }
  }
};

// Never destroyed: the destructors of static objects have warnings, too.
State& state() {
  static State& instance = *new State;
  return instance;
}

// Also makes the state before there are threads.  os.register_at_fork
[[maybe_unused]] const int registered = [] {
  state();
  return ::pthread_atfork([] { state().mutex.lock(); },
                          [] { state().mutex.unlock(); },
                          [] { state().mutex.unlock(); });
}();

std::string describe(const std::exception_ptr& exception) {
  if (!exception) return "no exception";
  try {
    std::rethrow_exception(exception);
  } catch (const WarningError& error) {
    return error.describe();
  } catch (...) {
    return common::describe(exception);
  }
}

void print_unraisable(std::string_view what,
                      const std::exception_ptr& exception) noexcept {
  try {
    common::write_error("Exception ignored in: " + std::string(what) + "\n" +
                        describe(exception) + "\n");
  } catch (...) {
    common::write_error("Exception ignored; no memory to describe it\n");
  }
}

// A call of a hook. It may warn, or destroy what warns, and so come back to
// itself.
class HookCall {
 public:
  HookCall() noexcept { ++depth_; }
  HookCall(const HookCall&) = delete;
  HookCall& operator=(const HookCall&) = delete;
  ~HookCall() {
    if (--depth_ == 0) refusing_ = false;
  }

  // Once too deep, no hook is called until the first one has returned: with two
  // warnings in each call, the way back would be longer than any program runs.
  bool allowed() const noexcept {
    // Deep enough for honest cases, and far from the end of the stack.
    constexpr int kDeepest = 50;
    if (depth_ > kDeepest && !std::exchange(refusing_, true)) {
      print_unraisable("a hook of warnings",
                       std::make_exception_ptr(std::runtime_error(
                           "maximum recursion depth exceeded")));
    }
    return !refusing_;
  }

 private:
  static thread_local int depth_;
  static thread_local bool refusing_;
};

thread_local int HookCall::depth_ = 0;
thread_local bool HookCall::refusing_ = false;

void insert(Rule rule, bool append) {
  State& all = state();
  const std::lock_guard lock(all.mutex);
  const auto same = std::find_if(
      all.rules.begin(), all.rules.end(),
      [&](const Rule& each) { return each.filter == rule.filter; });
  const bool known = same != all.rules.end();
  if (append) {
    if (!known) all.rules.push_back(std::move(rule));
  } else {
    if (known) all.rules.erase(same);
    all.rules.insert(all.rules.begin(), std::move(rule));
  }
  all.shown.clear();
}

// #region decide
// #region first_match
Action decide(const std::vector<Rule>& rules, const WarningMessage& message) {
  for (const Rule& rule : rules) {
    const WarningFilter& filter = rule.filter;
    if (message.category->is_a(*filter.category) &&
        (filter.line == 0 || filter.line == message.line) &&
        rule.message.matches(message.text) && rule.file.matches(message.file)) {
      return rule.action;
    }
  }
  return Action::default_;
}
// #endregion first_match

Key make_key(Action action, std::string_view registry,
             const WarningMessage& message) {
  const bool once = action == Action::once;  // the same for all files
  return Key{action, once ? std::string_view() : registry, message.text,
             message.category, action == Action::default_ ? message.line : 0};
}

// The registry tells files of the same name apart.
void issue(WarningMessage message, std::string_view registry) {
  std::shared_ptr<const ShowWarning> show;
  {
    State& all = state();
    const std::lock_guard lock(all.mutex);
    // #region obey
    const Action action = decide(all.rules, message);
    if (action == Action::ignore) return;
    if (action == Action::error) throw WarningError(std::move(message));
    if (action != Action::always &&
        !all.shown.insert(make_key(action, registry, message)).second) {
      return;
    }
    // #endregion obey
    show = all.showwarning;
  }
  const HookCall call;
  if (show && call.allowed()) return (*show)(message);
  common::write_error(format_warning(message.text, *message.category,
                                     message.file, message.line));
}
// #endregion decide

std::string stripped(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\n\r\f\v";
  const auto first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return "";
  return std::string(
      text.substr(first, text.find_last_not_of(kBlanks) + 1 - first));
}

// A pattern that matches this text and nothing else.  re.escape
std::string escaped(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string pattern;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) {
      pattern += "\\x";
      pattern += kDigits[byte / 16];
      pattern += kDigits[byte % 16];
      continue;
    }
    if (std::string_view("\\^$.|?*+()[]{}").find(c) != std::string_view::npos) {
      pattern += '\\';
    }
    pattern += c;
  }
  return pattern;
}

}  // namespace

WarningError::WarningError(WarningMessage message)
    : std::runtime_error(message.text), message_(std::move(message)) {}

std::string WarningError::describe() const {
  return std::string(message_.category->name()) + ": " + message_.text;
}

void warn(std::string_view text, const Category& category,
          std::source_location where) {
  issue({.text = std::string(text),
         .category = &category,
         .file = std::string(common::file_name(where)),
         .line = where.line()},
        where.file_name());
}

void warn_explicit(std::string_view text, const Category& category,
                   std::string_view file, unsigned line) {
  issue({.text = std::string(text),
         .category = &category,
         .file = std::string(file),
         .line = line},
        file);
}

// #region nobody_to_catch
void warn_from_destructor(std::string_view text, const Category& category,
                          std::string_view what,
                          std::source_location where) noexcept {
  try {
    warn(text, category, where);
  } catch (...) {
    write_unraisable(what);
  }
}
// #endregion nobody_to_catch

void write_unraisable(std::string_view what) noexcept {
  const std::exception_ptr exception = std::current_exception();
  try {
    std::shared_ptr<const UnraisableHook> hook;
    {
      State& all = state();
      const std::lock_guard lock(all.mutex);
      hook = all.unraisablehook;
    }
    const HookCall call;
    if (hook && call.allowed()) return (*hook)(what, exception);
  } catch (...) {
    print_unraisable("the unraisable hook", std::current_exception());
  }
  print_unraisable(what, exception);
}

std::string format_warning(std::string_view text, const Category& category,
                           std::string_view file, unsigned line) {
  std::string result(file);
  result += ":" + std::to_string(line) + ": ";
  result += category.name();
  result += ": ";
  result += text;
  return result + "\n";
}

void simplefilter(std::string_view action, const Category& category,
                  unsigned line, bool append) {
  filterwarnings(action, "", category, "", line, append);
}

void filterwarnings(std::string_view action, std::string_view message,
                    const Category& category, std::string_view file,
                    unsigned line, bool append) {
  insert(make_rule(action, message, category, file, line), append);
}

void add_filter(std::string_view option) {
  std::string fields[5];  // action, message, category, file, line
  std::size_t count = 0;
  for (std::string_view rest = option;;) {
    if (count == std::size(fields)) refuse("too many fields (max 5):", option);
    const auto colon = rest.find(':');
    fields[count++] = stripped(rest.substr(0, colon));
    if (colon == std::string_view::npos) break;
    rest.remove_prefix(colon + 1);
  }
  auto& [action, message, category, file, line] = fields;

  if (action == "all") action = "always";
  const auto* full_action = std::find_if(
      std::begin(kActions), std::end(kActions),
      [&](const auto& each) { return each.first.starts_with(action); });
  if (full_action == std::end(kActions)) refuse("invalid action:", action);

  if (category.empty()) category = Warning.name();
  const auto* known_category = std::find_if(
      std::begin(kCategories), std::end(kCategories),
      [&](const Category* each) { return each->name() == category; });
  if (known_category == std::end(kCategories)) {
    refuse("unknown warning category:", category);
  }

  unsigned number = 0;
  const char* end = line.data() + line.size();
  const auto parsed = std::from_chars(line.data(), end, number);
  if (!line.empty() && (parsed.ec != std::errc() || parsed.ptr != end)) {
    refuse("invalid lineno", line);
  }

  filterwarnings(full_action->first, escaped(message), **known_category,
                 file.empty() ? "" : escaped(file) + "$", number);
}

void resetwarnings() {
  State& all = state();
  const std::lock_guard lock(all.mutex);
  all.rules.clear();
  all.shown.clear();
}

std::vector<WarningFilter> filters() {
  State& all = state();
  const std::lock_guard lock(all.mutex);
  std::vector<WarningFilter> result;
  result.reserve(all.rules.size());
  for (const Rule& rule : all.rules) result.push_back(rule.filter);
  return result;
}

void set_showwarning(ShowWarning function) {
  std::shared_ptr<const ShowWarning> show;
  if (function) show = std::make_shared<ShowWarning>(std::move(function));
  State& all = state();
  const std::lock_guard lock(all.mutex);
  all.showwarning.swap(show);  // the old one goes without the lock
}

ShowWarning get_showwarning() {
  std::shared_ptr<const ShowWarning> show;
  {
    State& all = state();
    const std::lock_guard lock(all.mutex);
    show = all.showwarning;
  }
  return show ? *show : ShowWarning();
}

void capture_warnings(bool capture) {
  std::shared_ptr<const ShowWarning> show =
      std::make_shared<ShowWarning>([](const WarningMessage& message) {
        ch04::get_logger("py.warnings")
            .log_text(ch04::WARNING,
                      format_warning(message.text, *message.category,
                                     message.file, message.line));
      });
  State& all = state();
  const std::lock_guard lock(all.mutex);
  if (capture == all.captured) return;
  all.captured = capture;
  if (capture) {
    all.uncaptured = std::exchange(all.showwarning, std::move(show));
  } else {
    // What was set meanwhile goes without the lock.
    show = std::exchange(all.showwarning, std::exchange(all.uncaptured, {}));
  }
}

void set_unraisablehook(UnraisableHook function) {
  std::shared_ptr<const UnraisableHook> hook;
  if (function) hook = std::make_shared<UnraisableHook>(std::move(function));
  State& all = state();
  const std::lock_guard lock(all.mutex);
  all.unraisablehook.swap(hook);
}

struct CatchWarnings::Saved {
  std::vector<Rule> rules;
  std::shared_ptr<const ShowWarning> showwarning;
  // Shared: another thread may be about to write when we go. The state's lock
  // guards it.
  using Log = std::vector<WarningMessage>;
  std::shared_ptr<Log> log = std::make_shared<Log>();
};

CatchWarnings::CatchWarnings(Record record)
    : saved_(std::make_unique<Saved>()) {
  std::shared_ptr<const ShowWarning> keep;
  if (record == Record::yes) {
    keep = std::make_shared<ShowWarning>(
        [log = saved_->log](const WarningMessage& message) {
          const std::lock_guard lock(state().mutex);
          log->push_back(message);
        });
  }
  State& all = state();
  const std::lock_guard lock(all.mutex);
  saved_->rules = all.rules;
  saved_->showwarning = all.showwarning;
  if (keep) all.showwarning = std::move(keep);
  all.shown.clear();
}

CatchWarnings::~CatchWarnings() {
  State& all = state();
  const std::lock_guard lock(all.mutex);
  all.rules.swap(saved_->rules);
  all.showwarning.swap(saved_->showwarning);
  all.shown.clear();
}

std::vector<WarningMessage> CatchWarnings::records() const {
  const std::lock_guard lock(state().mutex);
  return *saved_->log;
}

}  // namespace ch07
