// Several steps, each of which is tried whether or not the one before failed.
#pragma once

#include <exception>
#include <utility>

namespace common {

// The first error counts: rethrow() throws it at the end. For each later error,
// `later` is called while that one is being handled.
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
