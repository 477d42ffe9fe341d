// A callback, as an object that waits in the loop's queues.
#pragma once

#include <algorithm>
#include <chrono>
#include <optional>
#include <source_location>
#include <string>
#include <string_view>
#include <type_traits>
#include <typeinfo>
#include <utility>

#include "chapters/02_event_loop/callback_name.hpp"
#include "chapters/02_event_loop/loop_object.hpp"

namespace ch02 {

// A callback that was handed to the loop.  asyncio: events.Handle
class Handle : public LoopObject {
 public:
  using LoopObject::LoopObject;
  using LoopObject::repr;

  // The callback will not run. Calling it twice, or too late, is harmless.
  void cancel();
  // The same for destructors, which may run on any thread, even in debug mode.
  void discard() noexcept;
  bool cancelled() const { return cancelled_; }
  // <Handle work() at FILE:LINE created at FILE:LINE>
  std::string repr(common::Detail detail) const override;

 protected:
  void run() noexcept override;
  virtual std::string_view class_name() const { return "Handle"; }
  virtual std::string when_text() const { return ""; }

 private:
  friend class TimerHeap;
  virtual void call() = 0;
  virtual void forget() noexcept = 0;  // destroys the callback and its captures

  bool running_ = false;
  bool in_heap_ = false;  // only for timers: the loop's heap holds it
};

// A callback with a deadline.  asyncio: events.TimerHandle
class TimerHandle : public Handle {
 public:
  TimerHandle(EventLoop& loop, std::source_location where,
              std::chrono::nanoseconds when)
      : Handle(loop, where), when_(when), due_(when) {
    kind_ = Kind::timer;
  }

  std::chrono::nanoseconds when() const { return when_; }  // on loop.time()
  // From here on it is late: when(), or the moment at which it was set, if
  // that came later and somebody has told it.
  std::chrono::nanoseconds due() const { return due_; }
  void set_at(std::chrono::nanoseconds now) { due_ = std::max(when_, now); }

 protected:
  std::string_view class_name() const override { return "TimerHandle"; }
  std::string when_text() const override;

 private:
  std::chrono::nanoseconds when_;
  std::chrono::nanoseconds due_;
};

// One object, one allocation: the handle and the callable.
template <class Base, class F, class Label>
class Callback final : public Base {
 public:
  template <class... Arguments>
  explicit Callback(Named<F, Label> callback, Arguments&&... arguments)
      : Base(std::forward<Arguments>(arguments)...),
        function_(std::move(callback.function)),
        label_(std::move(callback.label)) {}

 private:
  // Does what the base does, but the class is known here: one virtual call
  // less.
  void dispose() noexcept override {
    if constexpr (std::is_trivially_destructible_v<F>) {
      delete this;
    } else {
      this->end_in_turn();  // a capture may be the last to hold another handle
    }
  }

  std::string callback_text() const override {
    if constexpr (std::is_same_v<Label, NoLabel>) {
      return type_label(typeid(F).name());
    } else {
      return label_.text();
    }
  }

  // #region callback_object
  void call() override {
    (*function_)();
    // The captures end in this turn, unless something else holds the handle.
    if constexpr (!std::is_trivially_destructible_v<F>) {
      if (this->refs() == 1) forget();
    }
  }
  void forget() noexcept override { function_.reset(); }

  std::optional<F> function_;
  [[no_unique_address]] Label label_;
  // #endregion callback_object
};

// Makes a handle of class Base, whose constructor gets the arguments.
template <class Base, class F, class Label, class... Arguments>
common::Ref<Base> make_handle(Named<F, Label> callback,
                              Arguments&&... arguments) {
  return common::Ref<Base>(new Callback<Base, F, Label>(
      std::move(callback), std::forward<Arguments>(arguments)...));
}
template <class Base, class F, class... Arguments>
common::Ref<Base> make_handle(F callback, Arguments&&... arguments) {
  return make_handle<Base>(Named<F, NoLabel>{{}, std::move(callback)},
                           std::forward<Arguments>(arguments)...);
}

}  // namespace ch02
