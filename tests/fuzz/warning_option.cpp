// The warnings filter's options: ACTION:MESSAGE:CATEGORY:FILE:LINE, as in -W.
#include <boost/algorithm/string/trim.hpp>
#include <stdexcept>
#include <vector>

#include "chapters/07_resource_warning/warnings.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace {

using fuzz::require;

bool is_action(std::string_view name) {
  for (const auto* known :
       {"default", "always", "ignore", "module", "once", "error"}) {
    if (name == known) return true;
  }
  return false;
}

enum class Outcome { hidden, shown, thrown };

Outcome outcome(std::string_view text, const ch07::Category& category,
                std::string_view file, unsigned line) {
  const ch07::CatchWarnings caught(ch07::Record::yes);
  try {
    ch07::warn_explicit(text, category, file, line);
  } catch (const ch07::WarningError& error) {
    // what() ends at a byte 0.
    require(error.what() == std::string(std::string(text).c_str()),
            "the error has the text", text);
    return Outcome::thrown;
  }
  return caught.records().empty() ? Outcome::hidden : Outcome::shown;
}

// Refused texts are shown in a form that a terminal survives.
template <class Function>
bool accepts(Function function) {
  try {
    function();
    return true;
  } catch (const std::invalid_argument& error) {
    require(fuzz::harmless(error.what()), "a refusal is printable",
            error.what());
    require(ch07::filters().empty(), "what is refused changes nothing");
    return false;
  }
}

void check_filter(std::string_view option, const ch07::WarningFilter& filter) {
  std::string field[5];
  for (std::string& each : field) {
    each = boost::trim_copy(std::string(fuzz::take_until(option, ":")));
  }
  const auto& [action, message, category, file, line] = field;
  require(is_action(filter.action), "an action's full name", filter.action);
  require(filter.action.starts_with(action) || action == "all",
          "the action may be cut short", action);
  require(category.empty() || filter.category->name() == category,
          "the category by its name", category);

  const std::string text = message + " and more";
  const std::string place = file.empty() ? "any.cpp" : file;
  const unsigned number = filter.line == 0 ? 7 : filter.line;
  const Outcome wanted = filter.action == "error"    ? Outcome::thrown
                         : filter.action == "ignore" ? Outcome::hidden
                                                     : Outcome::shown;
  require(outcome(text, *filter.category, place, number) == wanted,
          "the texts are literal", text);
  // Anything else is not its business, and shown by default.
  require(message.empty() ||
              outcome("", *filter.category, place, number) == Outcome::shown,
          "another text", message);
  require(file.empty() || outcome(text, *filter.category, place + "x",
                                  number) == Outcome::shown,
          "another file", file);
  require(filter.line == 0 || outcome(text, *filter.category, place,
                                      number + 1) == Outcome::shown,
          "another line", line);
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view option = fuzz::as_text(data, size);
  ch07::resetwarnings();
  require(accepts([&] { ch07::simplefilter(option); }) == is_action(option),
          "six actions, and no others", option);
  ch07::resetwarnings();
  if (!accepts([&] { ch07::add_filter(option); })) return 0;
  const std::vector<ch07::WarningFilter> filters = ch07::filters();
  require(filters.size() == 1, "one option, one filter", option);
  check_filter(option, filters.front());
  return 0;
}
