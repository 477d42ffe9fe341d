// The report about an error that nothing else will handle.
#pragma once

#include <exception>
#include <map>
#include <string>

#include "chapters/02_event_loop/handle.hpp"

namespace ch02 {

// One value of a context: an object of the loop, described when the report is
// written, or any other value, described immediately as Python's repr() would.
class ContextValue {
 public:
  ContextValue(LoopObject& object) : object_(&object) {}
  template <class T>
    requires(!std::is_base_of_v<LoopObject, T> &&
             !std::is_same_v<T, ContextValue>)
  ContextValue(const T& value) : text_(common::full_repr(value)) {}
  // A text that appears in the report as it is, without quotes.
  static ContextValue plain(std::string text);

  const LoopObject* object() const { return object_.get(); }
  std::string text(common::Detail detail) const;

 private:
  ContextValue() = default;
  common::Ref<LoopObject> object_;
  std::string text_;
};

// #region context
// The `context` dictionary of asyncio: BaseEventLoop.call_exception_handler.
// A handler may keep a copy, which keeps the objects in it alive.
struct ExceptionContext {
  std::string message = {};
  std::exception_ptr exception = {};                // may be empty
  std::map<std::string, ContextValue> values = {};  // "handle", "task", ...
  // The object that the report is about: debug mode says where it was created.
  common::Ref<LoopObject> source = {};
};
// #endregion context

// The report's text: the message, then a line for each value, sorted by key.
// The code that prints the report adds the exception.
std::string exception_report(const ExceptionContext& context,
                             common::Detail detail);
// The context on one line, as Python shows a dictionary.
std::string context_repr(const ExceptionContext& context,
                         common::Detail detail);

}  // namespace ch02
