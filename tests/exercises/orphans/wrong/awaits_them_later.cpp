// All tasks are awaited in the end, one after the other: until its turn comes,
// a task whose maker has ended is an orphan.

#include "chapters/12_wait_graph/exercises/orphans.hpp"

#include <memory>
#include <set>

namespace exercises {

namespace {

struct Crawl {
  ch12::EventLoop& loop;
  Fetch fetch;
  std::set<std::string> seen;
  std::set<std::string> fetched;
  std::vector<ch12::Task<>> tasks;
};

ch12::Coroutine<> visit(std::shared_ptr<Crawl> crawl, std::string page) {
  Links links;
  try {
    links = co_await crawl->fetch(page);
  } catch (const std::exception&) {
    co_return;
  }
  crawl->fetched.insert(page);
  for (const std::string& link : links) {
    if (!crawl->seen.insert(link).second) continue;
    crawl->tasks.push_back(crawl->loop.create_task(visit(crawl, link), link));
  }
}

}  // namespace

ch12::Coroutine<std::vector<std::string>> crawl(ch12::EventLoop& loop,
                                                Fetch fetch,
                                                std::string first) {
  const auto state =
      std::make_shared<Crawl>(Crawl{loop, std::move(fetch), {first}, {}, {}});
  state->tasks.push_back(loop.create_task(visit(state, first), first));
  for (std::size_t i = 0; i < state->tasks.size(); ++i) {
    const ch12::Task<> task = state->tasks[i];
    co_await task;
  }
  std::vector<std::string> pages(state->fetched.begin(), state->fetched.end());
  co_return pages;
}

}  // namespace exercises
