// A callback on its way from another thread.
#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <source_location>
#include <type_traits>
#include <utility>

#include "chapters/02_event_loop/handle.hpp"

namespace ch02 {

// It travels as a value, and becomes a handle on the loop's own thread, for two
// reasons: a handle's count of references is not atomic, and memory that one
// thread allocates and another one frees costs more than all the rest of a
// post. A callback that is small, and moves without throwing, is stored inside.
class Post {
 public:
  template <class F>
  Post(F callback, std::source_location where) {
    using Own = ContentOf<F>;
    if constexpr (sizeof(Own) <= kRoom &&
                  alignof(Own) <= alignof(std::max_align_t) &&
                  std::is_nothrow_move_constructible_v<F>) {
      content_ = new (room_) Own(std::move(callback), where);
    } else {
      content_ = new Own(std::move(callback), where);
    }
  }
  Post(Post&& other) noexcept
      : content_(other.is_inside() ? other.content_->move_to(room_)
                                   : std::exchange(other.content_, nullptr)) {}
  Post& operator=(Post&&) = delete;
  ~Post() { clear(); }

  // Call it once, on the loop's thread: it leaves the post empty.  Throws
  // std::bad_alloc.
  common::Ref<Handle> make_handle(EventLoop& loop) {
    common::Ref<Handle> handle = content_->make_handle(loop);
    clear();
    return handle;
  }

 private:
  static constexpr std::size_t kRoom = 48;

  struct Content {
    virtual ~Content() = default;
    virtual Content* move_to(std::byte* room) noexcept = 0;
    virtual common::Ref<Handle> make_handle(EventLoop& loop) = 0;
  };
  template <class F>
  struct ContentOf final : Content {
    ContentOf(F function, std::source_location place)
        : callback(std::move(function)), where(place) {}
    Content* move_to(std::byte* room) noexcept override {
      return new (room) ContentOf(std::move(callback), where);
    }
    common::Ref<Handle> make_handle(EventLoop& loop) override {
      return ch02::make_handle<Handle>(std::move(callback), loop, where);
    }
    F callback;
    std::source_location where;
  };

  void clear() {
    if (is_inside()) {
      std::exchange(content_, nullptr)->~Content();
    } else {
      delete std::exchange(content_, nullptr);
    }
  }
  bool is_inside() const {
    return static_cast<const void*>(content_) ==
           static_cast<const void*>(room_);
  }

  alignas(std::max_align_t) std::byte room_[kRoom];
  Content* content_;
};

}  // namespace ch02
