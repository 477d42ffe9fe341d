// Exercise once_filter (chapter 7): have I said this before?
//
//   ./workbook check once_filter    judges this file
//   ./workbook hint once_filter     says a little more, each time
//
// In use:
//
//   const auto filter = exercises::make_once_filter();
//   filter->shows("once", message);    // true
//   filter->shows("once", message);    // false: that was said before

#include "chapters/07_resource_warning/exercises/once_filter.hpp"

namespace exercises {

namespace {

class Memory : public OnceFilter {
 public:
  // TODO: keep a std::set of what was shown. Its insert() says whether a key
  // is new; how much of the message is in the key depends on the action. Then
  // the second of two equal warnings is silent.
  bool shows([[maybe_unused]] std::string_view action,
             [[maybe_unused]] const ch07::WarningMessage& message) override {
    return true;
  }
  void forget() override {}
};

}  // namespace

std::unique_ptr<OnceFilter> make_once_filter() {
  return std::make_unique<Memory>();
}

}  // namespace exercises
