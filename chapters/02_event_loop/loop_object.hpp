// What a loop keeps in its queues: objects that wait for their turn.
#pragma once

#include <cstddef>
#include <new>
#include <source_location>
#include <string>

#include "common/recycled.hpp"
#include "common/ref.hpp"
#include "common/repr.hpp"

namespace ch02 {

class EventLoop;

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
