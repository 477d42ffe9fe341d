// Awaits the futures in the order of the arguments: an error of the last one
// is heard last.

#include "chapters/03_coroutine_task/exercises/gather_results.hpp"

namespace exercises {

ch03::Coroutine<std::vector<std::string>> gather_results(
    std::vector<ch03::Future<std::string>> futures) {
  std::vector<std::string> results;
  for (const auto& future : futures) results.push_back(co_await future);
  co_return results;
}

}  // namespace exercises
