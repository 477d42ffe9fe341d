// The objects that wait in a loop's queues.
#pragma once

#include <cstddef>
#include <cstdint>
#include <new>
#include <source_location>
#include <string>

#include "common/recycled.hpp"
#include "common/ref.hpp"
#include "common/repr.hpp"

namespace ch02 {

class EventLoop;

// All objects of a loop have in common: the place where they were made, a text
// that describes them, and a link, so that they can wait in one queue at a time
// without an allocation. Like their loop they belong to one thread.
class LoopObject : public common::RefCounted {
 public:
  LoopObject(EventLoop& loop, std::source_location where)
      : loop_(&loop), where_(where) {}

  // A TimerHandle, chapter 3's TaskBase, or another class: so nothing that
  // sees every object has to ask for its type.
  enum class Kind : std::uint8_t { other, timer, task };
  Kind kind() const { return kind_; }
  const std::source_location& created_at() const { return where_; }
  virtual std::string repr(common::Detail detail) const = 0;
  std::string repr() const;  // as much as detail() says
  // The detail that its loop wants. When the loop is gone: for a future the
  // detail that it last wanted, for a handle the brief text.
  common::Detail detail() const;
  // Its name in a list of callbacks: "work() at FILE:LINE".
  virtual std::string callback_text() const { return ""; }

  static void* operator new(std::size_t size) {
    return common::recycled_new(size);
  }
  static void operator delete(void* block, std::size_t size) noexcept {
    common::recycled_delete(block, size);
  }
  // A callback may hold an object with a larger alignment than most.
  static void* operator new(std::size_t size, std::align_val_t alignment) {
    return ::operator new(size, alignment);
  }
  static void operator delete(void* block, std::size_t size,
                              std::align_val_t alignment) noexcept {
    ::operator delete(block, size, alignment);
  }

 protected:
  // Its turn has come. Only handles and tasks ever enter the ready queue.
  virtual void run() noexcept {}

  // It may be gone, unless the object is in one of its queues.
  EventLoop* loop() const { return loop_; }
  void leave_loop();  // remembers the detail that its loop wanted
  // The place where it was handed over, if it was made somewhere else.
  void set_created_at(const std::source_location& where) { where_ = where; }
  // Destroys the object, which may hold others: see common/in_turn.hpp.
  void end_in_turn() noexcept;
  // " created at FILE:LINE" in full detail, otherwise empty.
  std::string created_at_text(common::Detail detail) const;

 private:
  friend class EventLoop;
  friend class ObjectQueue;

  EventLoop* loop_;
  std::source_location where_;
  LoopObject* next_ = nullptr;
  LoopObject* previous_ = nullptr;
  bool owned_ = false;  // the queue that it is in holds a reference
  common::Detail last_detail_ = common::Detail::brief;  // when there is no loop

 protected:
  Kind kind_ = Kind::other;
  bool queued_ = false;     // is in a queue
  bool cancelled_ = false;  // a handle that will be skipped
};

// First in, first out, threaded through the objects themselves.
class ObjectQueue {
 public:
  bool empty() const { return first_ == nullptr; }
  std::size_t size() const { return size_; }
  LoopObject* front() const { return first_; }
  static LoopObject* next(const LoopObject& object) { return object.next_; }

  // With a reference, the queue keeps the object alive; without one, its owner
  // does, and takes it out of the queue before destroying it.
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

// Every callback passes through these: they are defined here so that the loop
// and the futures can inline them.
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

}  // namespace ch02

// fmt::print("{}", handle)
template <common::HasRepr T>
struct fmt::formatter<common::Ref<T>> : common::TextFormatter {
  template <class Context>
  auto format(const common::Ref<T>& object, Context& context) const {
    return write(object ? object->repr() : "None", context);
  }
};
