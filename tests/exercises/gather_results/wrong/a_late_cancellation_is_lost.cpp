// Takes a CancelledError for nothing when all results are there.

#include "chapters/03_coroutine_task/exercises/gather_results.hpp"

#include <cstddef>
#include <exception>
#include <memory>
#include <utility>

namespace exercises {

namespace {

using Futures = std::vector<ch03::Future<std::string>>;

// The callbacks refer to variables of the coroutine: none may outlive them.
struct Callbacks {
  const Futures& futures;
  std::vector<common::Ref<ch02::Handle>> handles = {};

  ~Callbacks() {
    for (std::size_t i = 0; i < handles.size(); ++i) {
      futures[i].remove_done_callback(handles[i]);
      handles[i]->discard();
    }
  }
};

}  // namespace

ch03::Coroutine<std::vector<std::string>> gather_results(
    std::vector<ch03::Future<std::string>> futures) {
  std::vector<std::string> results;
  if (futures.empty()) co_return results;
  const ch03::Future<> over = ch03::get_running_loop().create_future();
  std::size_t left = futures.size();
  Callbacks callbacks{futures};
  for (const auto& future : futures) {
    callbacks.handles.push_back(future.add_done_callback(
        [&left, over](const ch03::Future<std::string>& ended) {
          --left;
          if (over.done()) return;
          try {
            ended.result();
          } catch (...) {
            over.set_exception(std::current_exception());
            return;
          }
          if (left == 0) over.set_result();
        }));
  }
  try {
    co_await over;
  } catch (const ch03::CancelledError&) {
    if (over.cancelled()) {
      for (const auto& future : futures) future.cancel();
      throw;
    }
    if (over.exception()) throw;  // one of the futures was cancelled
    // All results are there: there is nothing left to cancel.
  }
  for (const auto& future : futures) results.push_back(future.result());
  co_return results;
}

}  // namespace exercises
