// Exercise gather_results (chapter 3), solved.
//
// Awaiting one future after the other gives the right results, but notices an
// error only when its turn comes. So the coroutine awaits a single future that
// it makes, and done callbacks decide when that one is over: with the first
// error, or with the last result.
//
// The callbacks look into the coroutine's frame. The frame ends with the first
// error, but some futures are still pending then: a coroutine that hands out
// references to its own variables must take them back. A destructor does it on
// every way out.
//
// Another way: let the callbacks share a counted object that has the number of
// futures left. Then a late callback does no harm, and need not be removed.

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
          // exception() of a cancelled future throws instead of returning.
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
    }
    throw;
  }
  std::vector<std::string> results;
  for (const auto& future : futures) results.push_back(future.result());
  co_return results;
}

}  // namespace exercises
