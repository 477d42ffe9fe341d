// Reads the error before it asks whether the wait is over: one that comes later
// counts as retrieved, and no loop will report it.

#include "chapters/03_coroutine_task/exercises/gather_results.hpp"

#include <memory>

namespace exercises {

ch03::Coroutine<std::vector<std::string>> gather_results(
    std::vector<ch03::Future<std::string>> futures) {
  const auto over = ch03::get_running_loop().create_future<>();
  const auto left = std::make_shared<std::size_t>(futures.size());
  if (*left == 0) over.set_result();  // No callback will come.

  for (const auto& future : futures) {
    future.add_done_callback([left,
                              over](const ch03::Future<std::string>& done) {
      --*left;
      // exception() of a cancelled future throws instead of returning.
      const auto error = done.cancelled()
                             ? std::make_exception_ptr(ch03::CancelledError())
                             : done.exception();
      if (over.done()) return;
      if (error) {
        over.set_exception(error);
      } else if (*left == 0) {
        over.set_result();
      }
    });
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
