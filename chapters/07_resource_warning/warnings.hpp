// Warnings: for things that are not errors, but that somebody should know.
//
// All state belongs to the process, and any thread may call any function.
#pragma once

#include <functional>
#include <memory>
#include <source_location>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "common/text.hpp"

namespace ch07 {

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

// A warning, and the place it is about.  warnings.WarningMessage
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

// #region warn_function
// Issues a warning, which the filters may stop.  Throws WarningError if they
// say `error`, and anything set_showwarning()'s function throws.  warnings.warn
void warn(common::Text text, const Category& category = UserWarning,
          std::source_location where = std::source_location::current());
// #endregion warn_function
// For destructors: never throws.  An exception, even one that a filter caused,
// is reported as "Exception ignored in: <what>", and the program goes on.
void warn_from_destructor(
    std::string_view text, const Category& category, std::string_view what,
    std::source_location where = std::source_location::current()) noexcept;
// Reports the exception being handled on standard error, for places where it
// cannot be thrown any further.  Python's sys.unraisablehook
void write_unraisable(std::string_view what) noexcept;

// "FILE:LINE: Category: text\n". The line of source that Python prints below
// is left out: a C++ program does not carry its source.
// warnings.formatwarning
std::string format_warning(const WarningMessage& message);

// Each puts a filter in front of the others, where it decides first; if it was
// there already, it moves. It applies to all warnings of a category, or only to
// those whose texts begin with message, in any case. The actions are default,
// always, ignore, once, module and error. Every change forgets what was shown.
// Throw std::invalid_argument: "invalid action: 'sometimes'".
void simplefilter(common::Text action, const Category& category = Warning);
void filterwarnings(common::Text action, common::Text message = "",
                    const Category& category = Warning);

// Replaces the output to standard error; an empty function restores it. One
// that warns is called for its own warnings, until these are nested too deeply:
// then the rest goes to standard error.
using ShowWarning = std::function<void(const WarningMessage& message)>;
void set_showwarning(ShowWarning function);
ShowWarning get_showwarning();  // empty: to standard error

// Its destructor restores the filters and set_showwarning()'s function; with
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
