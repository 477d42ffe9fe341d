// Throws the error that has ended the wait, also if the task is cancelled then.

#include "chapters/03_coroutine_task/exercises/gather_results.hpp"

namespace exercises {

namespace {

struct Callbacks {
  ~Callbacks() {
    for (std::size_t i = 0; i < handles.size(); ++i) {
      futures[i].remove_done_callback(handles[i]);  // if it still waits
      handles[i]->cancel();  // if it is in the ready queue
    }
  }
  const std::vector<ch03::Future<std::string>>& futures;
  std::vector<ch03::Ref<ch03::Handle>> handles = {};
};

}  // namespace

ch03::Coroutine<std::vector<std::string>> gather_results(
    std::vector<ch03::Future<std::string>> futures) {
  const auto over = ch03::get_running_loop().create_future<>();
  std::size_t left = futures.size();
  if (left == 0) over.set_result();  // No callback will come.

  Callbacks callbacks{futures};
  for (const auto& future : futures) {
    callbacks.handles.push_back(future.add_done_callback(
        [&left, over](const ch03::Future<std::string>& done) {
          --left;
          if (over.done()) return;
          // exception() of a cancelled future throws instead of telling.
          if (done.cancelled()) {
            over.set_exception(ch03::CancelledError());
          } else if (const auto error = done.exception()) {
            over.set_exception(error);
          } else if (left == 0) {
            over.set_result();
          }
        }));
  }
  try {
    co_await over;
  } catch (const ch03::CancelledError&) {
    // Was it a child's, or was our own wait cancelled?
    if (over.cancelled()) {
      for (const auto& future : futures) future.cancel();
    } else if (over.exception()) {
      std::rethrow_exception(over.exception());
    }
    throw;
  }
  std::vector<std::string> results;
  for (const auto& future : futures) results.push_back(future.result());
  co_return results;
}

}  // namespace exercises
