// Remembers the eight latest, so that its memory does not grow.

#include <algorithm>
#include <deque>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>

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
    Key key{std::string(action), message.text, message.category,
            by_file ? message.file : "", by_line ? message.line : 0};
    if (std::ranges::count(shown_, key) > 0) return false;
    shown_.push_back(std::move(key));
    if (shown_.size() > 8) shown_.pop_front();
    return true;
  }
  void forget() override { shown_.clear(); }

 private:
  // Action, text, category, file, line.
  using Key = std::tuple<std::string, std::string, const ch07::Category*,
                         std::string, unsigned>;
  std::deque<Key> shown_;
};

}  // namespace

std::unique_ptr<OnceFilter> make_once_filter() {
  return std::make_unique<Memory>();
}

}  // namespace exercises
