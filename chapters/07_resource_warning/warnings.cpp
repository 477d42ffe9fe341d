#include "chapters/07_resource_warning/warnings.hpp"

#include <algorithm>
#include <cctype>
#include <exception>
#include <mutex>
#include <set>
#include <tuple>
#include <utility>

#include "common/fork_lock.hpp"
#include "common/nested_call.hpp"
#include "common/output.hpp"
#include "common/place.hpp"
#include "common/repr.hpp"

namespace ch07 {

namespace {

enum class Action { default_, always, ignore, module, once, error };

constexpr std::pair<std::string_view, Action> kActions[] = {
    {"default", Action::default_}, {"always", Action::always},
    {"ignore", Action::ignore},    {"module", Action::module},
    {"once", Action::once},        {"error", Action::error},
};

// #region filter
// One rule. An empty text and Warning match everything.
struct WarningFilter {
  Action action = Action::default_;
  std::string message = {};  // how the text begins, in any case
  const Category* category = &Warning;

  friend bool operator==(const WarningFilter&, const WarningFilter&) = default;
};
// #endregion filter

// A warning that was shown: the action that remembers it, the registry (the
// source file), text, category and line.
using Key =
    std::tuple<Action, std::string, std::string, const Category*, unsigned>;

// fork_lock() guards it; nothing holds that while a hook runs or is destroyed.
struct State {
  // Python's, without its exception for deprecations in `__main__`: in C++
  // no module is the main one.
  std::vector<WarningFilter> filters = {
      {.action = Action::ignore, .category = &DeprecationWarning},
      {.action = Action::ignore, .category = &PendingDeprecationWarning},
      {.action = Action::ignore, .category = &ImportWarning},
      {.action = Action::ignore, .category = &ResourceWarning}};
  std::set<Key> shown;
  std::shared_ptr<const ShowWarning> showwarning;
};

// Never destroyed: the destructors of static objects may still warn.
State& state() {
  static State& instance = *new State;
  return instance;
}

// Made before other threads could fork in the middle of it.
[[maybe_unused]] const State& made_early = state();

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

bool begins_with(std::string_view text, std::string_view beginning) {
  const auto same = [](unsigned char a, unsigned char b) {
    return std::tolower(a) == std::tolower(b);
  };
  return text.size() >= beginning.size() &&
         std::equal(beginning.begin(), beginning.end(), text.begin(), same);
}

// #region first_match
Action decide(const WarningMessage& message) {
  for (const WarningFilter& filter : state().filters) {
    if (message.category->is_a(*filter.category) &&
        begins_with(message.text, filter.message)) {
      return filter.action;
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

// The registry distinguishes files of the same name.
void issue(WarningMessage message, std::string_view registry) {
  std::shared_ptr<const ShowWarning> show;
  {
    State& all = state();
    const std::lock_guard lock(common::fork_lock());
    // #region obey
    const Action action = decide(message);
    if (action == Action::ignore) return;
    if (action == Action::error) throw WarningError(std::move(message));
    if (action != Action::always &&
        !all.shown.insert(make_key(action, registry, message)).second) {
      return;
    }
    // #endregion obey
    show = all.showwarning;
  }
  const common::NestedCall<WarningMessage> call;
  if (call.is_first_refused()) {
    print_unraisable("a hook of warnings",
                     std::make_exception_ptr(std::runtime_error(
                         "maximum recursion depth exceeded")));
  }
  if (show && !call.refused()) return (*show)(message);
  common::write_error(format_warning(message));
}

}  // namespace

WarningError::WarningError(WarningMessage message)
    : std::runtime_error(message.text), message_(std::move(message)) {}

std::string WarningError::describe() const {
  return std::string(message_.category->name()) + ": " + message_.text;
}

void warn(common::Text text, const Category& category,
          std::source_location where) {
  issue({.text = std::string(text),
         .category = &category,
         .file = std::string(common::file_name(where)),
         .line = where.line()},
        where.file_name());
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
  print_unraisable(what, std::current_exception());
}

std::string format_warning(const WarningMessage& message) {
  std::string result = message.file;
  result += ":" + std::to_string(message.line) + ": ";
  result += message.category->name();
  result += ": ";
  result += message.text;
  return result + "\n";
}

void simplefilter(common::Text action, const Category& category) {
  filterwarnings(action, "", category);
}

void filterwarnings(common::Text action, common::Text message,
                    const Category& category) {
  const auto* const known =
      std::find_if(std::begin(kActions), std::end(kActions),
                   [&](const auto& each) { return each.first == action; });
  if (known == std::end(kActions)) {
    throw std::invalid_argument("invalid action: " + common::repr(action));
  }
  WarningFilter filter{.action = known->second,
                       .message = std::string(message),
                       .category = &category};
  State& all = state();
  const std::lock_guard lock(common::fork_lock());
  std::erase(all.filters, filter);
  all.filters.insert(all.filters.begin(), std::move(filter));
  all.shown.clear();
}

void set_showwarning(ShowWarning function) {
  std::shared_ptr<const ShowWarning> show;
  if (function) show = std::make_shared<ShowWarning>(std::move(function));
  const std::lock_guard lock(common::fork_lock());
  state().showwarning.swap(show);  // the old one outlives the lock
}

ShowWarning get_showwarning() {
  std::unique_lock lock(common::fork_lock());
  const std::shared_ptr<const ShowWarning> show = state().showwarning;
  lock.unlock();
  return show ? *show : ShowWarning();
}

struct CatchWarnings::Saved {
  std::vector<WarningFilter> filters;
  std::shared_ptr<const ShowWarning> showwarning;
  // Shared: another thread may be about to write when we are destroyed. The
  // lock guards it.
  using Log = std::vector<WarningMessage>;
  std::shared_ptr<Log> log = std::make_shared<Log>();
};

CatchWarnings::CatchWarnings(Record record)
    : saved_(std::make_unique<Saved>()) {
  std::shared_ptr<const ShowWarning> keep;
  if (record == Record::yes) {
    keep = std::make_shared<ShowWarning>(
        [log = saved_->log](const WarningMessage& message) {
          const std::lock_guard lock(common::fork_lock());
          log->push_back(message);
        });
  }
  State& all = state();
  const std::lock_guard lock(common::fork_lock());
  saved_->filters = all.filters;
  saved_->showwarning = all.showwarning;
  if (keep) all.showwarning = std::move(keep);
  all.shown.clear();
}

CatchWarnings::~CatchWarnings() {
  State& all = state();
  const std::lock_guard lock(common::fork_lock());
  all.filters.swap(saved_->filters);
  all.showwarning.swap(saved_->showwarning);
  all.shown.clear();
}

std::vector<WarningMessage> CatchWarnings::records() const {
  const std::lock_guard lock(common::fork_lock());
  return *saved_->log;
}

}  // namespace ch07
