// Right, by calling the chapter's own gather().
#include "chapters/03_coroutine_task/exercises/gather_results.hpp"

namespace exercises {

namespace {
ch03::Coroutine<std::string> result_of(ch03::Future<std::string> future) {
  co_return co_await future;
}
}  // namespace

ch03::Coroutine<std::vector<std::string>> gather_results(
    std::vector<ch03::Future<std::string>> futures) {
  std::vector<ch03::Task<std::string>> tasks;
  for (const auto& future : futures) {
    tasks.push_back(ch03::create_task(result_of(future)));
  }
  co_return co_await ch03::gather(tasks);
}

}  // namespace exercises
