// Exercise once_filter (chapter 7), solved.
//
// One set serves for all three memories, since the action is part of the key.
// The parts stay separate: joined into one text, "a" in "b:c" and "a:b" in "c"
// would be the same. A part that the action does not look at stays empty, so it
// makes no difference.
//
// The actions that remember nothing come first: to insert before asking for
// them is to remember a warning that was never shown.
//
// Another way: three sets, each with keys of its own length. No value has to
// mean "not looked at" then, but the set has to be chosen as well as the key.

#include <set>
#include <stdexcept>
#include <string>
#include <tuple>

#include "chapters/07_resource_warning/exercises/once_filter.hpp"

namespace exercises {

namespace {

class Memory : public OnceFilter {
 public:
  bool shows(std::string_view action,
             const ch07::WarningMessage& message) override {
    if (action == "always") return true;
    if (action == "ignore") return false;
    if (action == "error") throw ch07::WarningError(message);
    const bool by_line = action == "default";
    const bool by_file = by_line || action == "module";
    if (!by_file && action != "once") {
      throw std::invalid_argument("invalid action: " + std::string(action));
    }
    return shown_
        .insert({std::string(action), message.text, message.category,
                 by_file ? message.file : "", by_line ? message.line : 0})
        .second;
  }
  void forget() override { shown_.clear(); }

 private:
  // Action, text, category, file, line.
  using Key = std::tuple<std::string, std::string, const ch07::Category*,
                         std::string, unsigned>;
  std::set<Key> shown_;
};

}  // namespace

std::unique_ptr<OnceFilter> make_once_filter() {
  return std::make_unique<Memory>();
}

}  // namespace exercises
