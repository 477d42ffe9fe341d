// Asks all three memories first and looks at the action afterwards. But asking
// a set with insert() is remembering, too.

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
    const auto& [text, category, file, line] = message;
    const bool new_here = lines_.insert({text, category, file, line}).second;
    const bool new_in_file = files_.insert({text, category, file}).second;
    const bool is_new = texts_.insert({text, category}).second;
    if (action == "always") return true;
    if (action == "ignore") return false;
    if (action == "error") throw ch07::WarningError(message);
    if (action == "default") return new_here;
    if (action == "module") return new_in_file;
    if (action == "once") return is_new;
    throw std::invalid_argument("invalid action: " + std::string(action));
  }
  void forget() override {
    lines_.clear();
    files_.clear();
    texts_.clear();
  }

 private:
  using Kind = const ch07::Category*;
  std::set<std::tuple<std::string, Kind, std::string, unsigned>> lines_;
  std::set<std::tuple<std::string, Kind, std::string>> files_;
  std::set<std::tuple<std::string, Kind>> texts_;
};

}  // namespace

std::unique_ptr<OnceFilter> make_once_filter() {
  return std::make_unique<Memory>();
}

}  // namespace exercises
