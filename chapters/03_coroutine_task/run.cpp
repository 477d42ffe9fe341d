#include "chapters/03_coroutine_task/run.hpp"

#include "chapters/03_coroutine_task/gather.hpp"

namespace ch03 {

void cancel_all_tasks(EventLoop& loop) {
  const auto tasks = loop.all_tasks();
  if (tasks.empty()) return;
  std::vector<Ref<FutureBase>> futures;
  for (const Ref<TaskBase>& task : tasks) {
    task->cancel();
    futures.emplace_back(task);
  }
  loop.run_until_complete(make_gather<std::monostate>(
      std::move(futures), true, [] { return std::monostate(); },
      std::source_location::current()));
  for (const Ref<TaskBase>& task : tasks) {
    if (task->cancelled()) continue;
    if (const auto exception = task->exception()) {
      loop.call_exception_handler(
          {.message = "unhandled exception during asyncio.run() shutdown",
           .exception = exception,
           .values = {{"task", *task}}});
    }
  }
}

}  // namespace ch03
