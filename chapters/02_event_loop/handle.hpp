// What a loop keeps in its queues: objects that wait for their turn.
#pragma once

#include <chrono>
#include <cstdint>
#include <new>
#include <optional>
#include <source_location>
#include <string>
#include <string_view>
#include <type_traits>
#include <typeinfo>
#include <utility>

#include "common/recycled.hpp"
#include "common/ref.hpp"
#include "common/repr.hpp"

namespace ch02 {

class EventLoop;

// #region loop_object
// What all objects of a loop share: the place where they were made, a text
// that describes them, and a link, so that they can stand in one queue at a
// time without asking for memory. Like their loop they belong to one thread.
class LoopObject : public common::RefCounted {
 public:
  LoopObject(EventLoop& loop, std::source_location where)
      : loop_(&loop), where_(where) {}

  const std::source_location& created_at() const { return where_; }
  virtual std::string repr(common::Detail detail) const = 0;
  std::string repr() const;  // as much as detail() says
  // What its loop wants. Where that is gone: for a future what it wanted at the
  // end, for a handle the brief text.
  common::Detail detail() const;
  // How it is called in a list of callbacks: "work() at FILE:LINE".
  virtual std::string callback_text() const { return ""; }

  static void* operator new(std::size_t size) {
    return common::recycled_new(size);
  }
  static void operator delete(void* block, std::size_t size) noexcept {
    common::recycled_delete(block, size);
  }
  // A callback may hold what wants more alignment than others.
  static void* operator new(std::size_t size, std::align_val_t alignment) {
    return ::operator new(size, alignment);
  }
  static void operator delete(void* block, std::size_t size,
                              std::align_val_t alignment) noexcept {
    ::operator delete(block, size, alignment);
  }

 protected:
  // Its turn has come. Only handles and tasks ever stand in the ready queue.
  virtual void run() noexcept {}

  // It may be gone, unless the object stands in one of its queues.
  EventLoop* loop() const { return loop_; }
  void leave_loop();  // remembers how much its loop wanted to be told
  // Where it was handed over, if that is not where it was made.
  void set_created_at(const std::source_location& where) { where_ = where; }
  // Destroys the object, which holds others perhaps: see common/in_turn.hpp.
  void end_in_turn() noexcept;
  // " created at FILE:LINE" if all details are wanted.
  std::string created_at_text(common::Detail detail) const;

 private:
  friend class EventLoop;
  friend class ObjectQueue;

  EventLoop* loop_;
  std::source_location where_;
  LoopObject* next_ = nullptr;
  LoopObject* previous_ = nullptr;
  bool owned_ = false;  // the queue where it stands holds a reference
  common::Detail last_detail_ = common::Detail::brief;  // without a loop

 protected:
  bool queued_ = false;     // stands in a queue
  bool cancelled_ = false;  // a handle that shall be skipped
};
// #endregion loop_object

// First in, first out, threaded through the objects themselves.
class ObjectQueue {
 public:
  bool empty() const { return first_ == nullptr; }
  std::size_t size() const { return size_; }
  LoopObject* front() const { return first_; }
  static LoopObject* next(const LoopObject& object) { return object.next_; }

  // With a reference, the queue keeps the object alive; without, whoever else
  // holds it does, and takes it out before its end.
  void push_back(common::Ref<LoopObject> object);
  void push_back_unowned(LoopObject& object);
  struct Popped {
    common::Ref<LoopObject> object;
    bool owned;
  };
  Popped pop_front();  // not empty
  void remove(LoopObject& object);
  void clear();

 private:
  void append(LoopObject& object);
  void unlink(LoopObject& object);

  LoopObject* first_ = nullptr;
  LoopObject* last_ = nullptr;
  std::size_t size_ = 0;
};

// Every callback passes through these: they are here so that the loop and the
// futures include them.
// #region queue
// #region append
inline void ObjectQueue::append(LoopObject& object) {
  object.queued_ = true;
  object.next_ = nullptr;
  object.previous_ = last_;
  (last_ ? last_->next_ : first_) = &object;
  last_ = &object;
  ++size_;
}
// #endregion append

inline void ObjectQueue::unlink(LoopObject& object) {
  object.queued_ = object.owned_ = false;
  LoopObject* const next = object.next_;
  LoopObject* const previous = object.previous_;
  (previous ? previous->next_ : first_) = next;
  (next ? next->previous_ : last_) = previous;
  object.next_ = object.previous_ = nullptr;
  --size_;
}
// #endregion queue

inline void ObjectQueue::push_back(common::Ref<LoopObject> object) {
  LoopObject& pushed = *object.detach();
  append(pushed);
  pushed.owned_ = true;
}

inline void ObjectQueue::push_back_unowned(LoopObject& object) {
  append(object);
}

inline ObjectQueue::Popped ObjectQueue::pop_front() {
  using common::Ref;
  LoopObject& object = *first_;
  const bool owned = object.owned_;
  unlink(object);
  return {owned ? Ref<LoopObject>::adopt(&object) : Ref(&object), owned};
}

// How a callback is called in texts: "work() at demo.cpp:11".
struct NameLabel {
  std::string name;
  std::optional<std::source_location> where;
  std::string text() const;
};

// What the loop calls itself has a name and no place.
struct InternalLabel {
  const char* name;
  std::string text() const { return std::string(name) + "()"; }
};

// A callback that was given no name is called after its type: "<lambda>()".
template <class F>
struct TypeLabel {
  std::string text() const;
};

template <class F, class Label = NameLabel>
struct Named {
  Label label;
  F function;
  decltype(auto) operator()() { return function(); }
};

// Gives a callback a name: call_soon(named("work", [] { ... })). The place is
// the line that calls named().
template <class F>
[[nodiscard]] Named<F> named(std::string_view name, F function,
                             std::optional<std::source_location> where =
                                 std::source_location::current()) {
  return {{std::string(name), where}, std::move(function)};
}
// The name is a literal: it is not copied.
template <class F>
[[nodiscard]] Named<F, InternalLabel> internal(const char* name, F function) {
  return {{name}, std::move(function)};
}

// #region handle
// A callback that was handed to the loop.  asyncio: events.Handle
class Handle : public LoopObject {
 public:
  using LoopObject::LoopObject;
  using LoopObject::repr;

  // The callback will not run; a second time, or too late, does no harm.
  void cancel();
  // The same for destructors: in debug mode, too, on any thread.
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
  bool in_heap_ = false;  // a timer's, while its loop's heap holds it
};
// #endregion handle

// A callback with a deadline.  asyncio: events.TimerHandle
class TimerHandle : public Handle {
 public:
  TimerHandle(EventLoop& loop, std::source_location where,
              std::chrono::nanoseconds when)
      : Handle(loop, where), when_(when) {}

  std::chrono::nanoseconds when() const { return when_; }  // on loop.time()

 protected:
  std::string_view class_name() const override { return "TimerHandle"; }
  std::string when_text() const override;

 private:
  std::chrono::nanoseconds when_;
};

// One object, one allocation: the handle and the callable.
template <class Base, class F, class Label>
class Callback final : public Base {
 public:
  template <class... Arguments>
  Callback(F function, Label label, Arguments&&... arguments)
      : Base(std::forward<Arguments>(arguments)...),
        function_(std::move(function)),
        label_(std::move(label)) {}

 private:
  // As the base does it, but here the class is known: one virtual call less.
  void dispose() noexcept override {
    if constexpr (std::is_trivially_destructible_v<F>) {
      delete this;
    } else {
      this->end_in_turn();  // a capture may be the last to hold another handle
    }
  }

  // #region callback_object
  void call() override {
    (*function_)();
    // The captures end in this turn, unless somebody else holds the handle.
    if constexpr (!std::is_trivially_destructible_v<F>) {
      if (this->refs() == 1) forget();
    }
  }
  void forget() noexcept override { function_.reset(); }
  std::string callback_text() const override { return label_.text(); }

  std::optional<F> function_;
  [[no_unique_address]] Label label_;
  // #endregion callback_object
};

// Makes a handle of class Base, whose constructor gets the arguments.
template <class Base, class F, class... Arguments>
common::Ref<Base> make_handle(F function, Arguments&&... arguments) {
  return common::Ref<Base>(new Callback<Base, F, TypeLabel<F>>(
      std::move(function), {}, std::forward<Arguments>(arguments)...));
}
template <class Base, class F, class Label, class... Arguments>
common::Ref<Base> make_handle(Named<F, Label> callback,
                              Arguments&&... arguments) {
  return common::Ref<Base>(new Callback<Base, F, Label>(
      std::move(callback.function), std::move(callback.label),
      std::forward<Arguments>(arguments)...));
}

// "main::{lambda()#1}" as a text for people: "<lambda>()".
std::string type_label(const char* mangled_type_name);

template <class F>
std::string TypeLabel<F>::text() const {
  return type_label(typeid(F).name());
}

}  // namespace ch02

// fmt::print("{}", handle)
template <common::HasRepr T>
struct fmt::formatter<common::Ref<T>> : common::TextFormatter {
  template <class Context>
  auto format(const common::Ref<T>& object, Context& context) const {
    return write(object ? object->repr() : "None", context);
  }
};
