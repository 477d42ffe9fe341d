// Shows what always asks for, and remembers it for default.

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
    if (action == "always") {
      shown_.insert({"default", message.text, message.category, message.file,
                     message.line});
      return true;
    }
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
