// Warnings: what is not wrong enough for an error, but should be known.
//
// All of it belongs to the process, and may be called from any thread.
#pragma once

#include <exception>
#include <functional>
#include <memory>
#include <source_location>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace ch07 {

// #region category
// A kind of warning; a filter for Warning means all of them. It is known by
// its address: define your own as `inline constexpr Category MyWarning(...)`.
class Category {
 public:
  constexpr explicit Category(const char* name) : name_(name) {}
  constexpr Category(const char* name, const Category& base)
      : name_(name), base_(&base) {}
  Category(const Category&) = delete;
  Category& operator=(const Category&) = delete;

  constexpr std::string_view name() const { return name_; }
  // #region is_a
  // issubclass(): is it the other one, or made from it?
  bool is_a(const Category& other) const {
    const Category* at = this;
    while (at && at != &other) at = at->base_;
    return at != nullptr;
  }
  // #endregion is_a

 private:
  const char* name_;
  const Category* base_ = nullptr;
};

// Python's own names.  NOLINTBEGIN(readability-identifier-naming)
// #region categories
inline constexpr Category Warning("Warning");
inline constexpr Category UserWarning("UserWarning", Warning);
inline constexpr Category RuntimeWarning("RuntimeWarning", Warning);
inline constexpr Category DeprecationWarning("DeprecationWarning", Warning);
inline constexpr Category PendingDeprecationWarning("PendingDeprecationWarning",
                                                    Warning);
inline constexpr Category ImportWarning("ImportWarning", Warning);
inline constexpr Category ResourceWarning("ResourceWarning", Warning);
// #endregion categories
// NOLINTEND(readability-identifier-naming)
// #endregion category

// What happened, and where.  warnings.WarningMessage
struct WarningMessage {
  std::string text = {};
  const Category* category = &UserWarning;
  std::string file = {};
  unsigned line = 0;
};

// A warning that a filter made an error; what() is the text.
class WarningError : public std::runtime_error {
 public:
  explicit WarningError(WarningMessage message);
  const WarningMessage& message() const { return message_; }
  std::string describe() const;  // "ResourceWarning: unclosed event loop"

 private:
  WarningMessage message_;
};

// #region warn
// #region warn_function
// Says text as the filters want it.  Throws WarningError if they say `error`,
// and whatever the function given to set_showwarning throws.  warnings.warn
void warn(std::string_view text, const Category& category = UserWarning,
          std::source_location where = std::source_location::current());
// #endregion warn_function
// The same for any place; file is taken as it is.  warnings.warn_explicit
void warn_explicit(std::string_view text, const Category& category,
                   std::string_view file, unsigned line);

// #region from_destructor
// For destructors: never throws.  An exception, also one that a filter made,
// is reported as "Exception ignored in: <what>", and the program goes on.
void warn_from_destructor(
    std::string_view text, const Category& category, std::string_view what,
    std::source_location where = std::source_location::current()) noexcept;
// #endregion from_destructor
// Reports the exception being handled, for which nobody is left to catch it.
// Python's sys.unraisablehook
void write_unraisable(std::string_view what) noexcept;
// #endregion warn

// "FILE:LINE: Category: text\n". The line of source that Python prints below
// is left out: a C++ program does not carry its source.
// warnings.formatwarning
std::string format_warning(std::string_view text, const Category& category,
                           std::string_view file, unsigned line);

// #region filters
// #region filter
// One rule. Empty texts, Warning and line 0 match everything.
struct WarningFilter {
  std::string action = "default";  // always, ignore, once, module or error
  std::string message = {};  // a pattern for the start of the text, in any case
  const Category* category = &Warning;
  std::string file = {};  // a pattern for the start of the file's name
  unsigned line = 0;

  friend bool operator==(const WarningFilter&, const WarningFilter&) = default;
};
// #endregion filter

// Each puts a filter in front of the others, where it decides first (with
// append: behind them), once. Every change forgets what was shown already.
// Throw std::invalid_argument: "invalid action: 'sometimes'", or for a bad
// pattern. Patterns are ECMAScript's, of 1,000 characters at most, and see as
// many of a text.
void simplefilter(std::string_view action, const Category& category = Warning,
                  unsigned line = 0, bool append = false);
void filterwarnings(std::string_view action, std::string_view message = "",
                    const Category& category = Warning,
                    std::string_view file = "", unsigned line = 0,
                    bool append = false);
// "action:message:category:file:line" with literal texts, as in python -W; all
// but the action may be missing, and the action may be cut short.  Throws
// std::invalid_argument for what it does not understand.  warnings._setoption
void add_filter(std::string_view option);
void resetwarnings();                  // no filters: all is `default`
std::vector<WarningFilter> filters();  // the first that matches decides
// #endregion filters

// Takes the place of the output to standard error; an empty one restores it.
// One that warns is called for that, too, unless this leads too deep: then the
// rest goes to standard error.
using ShowWarning = std::function<void(const WarningMessage& message)>;
void set_showwarning(ShowWarning function);
ShowWarning get_showwarning();  // empty: to standard error
// Sends warnings to the logger "py.warnings" as WARNING, until told otherwise.
// logging.captureWarnings
void capture_warnings(bool capture);
// set_showwarning's like for write_unraisable. What it throws is reported, too.
using UnraisableHook = std::function<void(std::string_view what,
                                          const std::exception_ptr& exception)>;
void set_unraisablehook(UnraisableHook function);

// Puts filters and set_showwarning's function back when it goes; with
// Record::yes it keeps what would be shown.  warnings.catch_warnings
enum class Record { no, yes };
class CatchWarnings {
 public:
  explicit CatchWarnings(Record record = Record::no);
  CatchWarnings(const CatchWarnings&) = delete;
  CatchWarnings& operator=(const CatchWarnings&) = delete;
  ~CatchWarnings();

  std::vector<WarningMessage> records() const;

 private:
  struct Saved;
  std::unique_ptr<Saved> saved_;
};

}  // namespace ch07
