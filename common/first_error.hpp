// Several steps, each of which is tried whatever became of the one before.
#pragma once

#include <exception>
#include <utility>

namespace common {

// The first error counts: rethrow() throws it at the end. For each one that
// follows it, `later` is called while that is being handled.
template <class Later>
class FirstError {
 public:
  explicit FirstError(Later later) : later_(std::move(later)) {}

  template <class Step>
  void attempt(Step step) {
    try {
      step();
    } catch (...) {
      if (first_) {
        later_();
      } else {
        first_ = std::current_exception();
      }
    }
  }
  void rethrow() const {
    if (first_) std::rethrow_exception(first_);
  }

 private:
  Later later_;
  std::exception_ptr first_;
};

}  // namespace common
