#include "chapters/02_event_loop/exception_context.hpp"

#include <utility>

namespace ch02 {

ContextValue ContextValue::plain(std::string text) {
  ContextValue value;
  value.text_ = std::move(text);
  return value;
}

std::string ContextValue::text(common::Detail detail) const {
  return object_ ? object_->repr(detail) : text_;
}

std::string exception_report(const ExceptionContext& context,
                             common::Detail detail) {
  std::string report = context.message.empty()
                           ? "Unhandled exception in event loop"
                           : context.message;
  for (const auto& [key, value] : context.values) {
    report += "\n" + key + ": " + value.text(detail);
  }
  return report;
}

std::string context_repr(const ExceptionContext& context,
                         common::Detail detail) {
  std::string items;
  const auto add = [&items](std::string_view key, const std::string& value) {
    if (!items.empty()) items += ", ";
    items += common::repr(key) + ": " + value;
  };
  if (!context.message.empty()) {
    add("message", common::repr(std::string_view(context.message)));
  }
  if (context.exception) add("exception", common::repr(context.exception));
  for (const auto& [key, value] : context.values) add(key, value.text(detail));
  return "{" + items + "}";
}

}  // namespace ch02
