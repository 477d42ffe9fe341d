#include "chapters/12_wait_graph/expecting.hpp"

#include "chapters/12_wait_graph/event_loop.hpp"

namespace ch12 {

Expecting::Expecting(EventLoop& loop) : shared_(loop.expecting_) {
  const std::lock_guard lock(shared_->mutex);
  ++shared_->alive;
}

// #region end
Expecting::~Expecting() {
  if (!shared_) return;  // moved away
  const std::lock_guard lock(shared_->mutex);
  // Whoever promised to post may have broken the promise: the loop looks again.
  if (--shared_->alive == 0 && shared_->loop) shared_->loop->wake();
}
// #endregion end

}  // namespace ch12
