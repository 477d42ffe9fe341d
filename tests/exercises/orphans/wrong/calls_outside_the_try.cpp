// fetch() is called outside the try, and only what it returns is awaited
// inside: an error of the call itself ends everything.

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
};

ch12::Coroutine<> visit(std::shared_ptr<Crawl> crawl, std::string page) {
  auto fetching = crawl->fetch(page);
  Links links;
  try {
    links = co_await std::move(fetching);
  } catch (const std::exception&) {
    co_return;
  }
  crawl->fetched.insert(page);
  std::vector<ch12::Task<>> tasks;
  for (const std::string& link : links) {
    if (!crawl->seen.insert(link).second) continue;
    tasks.push_back(crawl->loop.create_task(visit(crawl, link), link));
  }
  if (!tasks.empty()) co_await ch12::gather(tasks);
}

}  // namespace

ch12::Coroutine<std::vector<std::string>> crawl(ch12::EventLoop& loop,
                                                Fetch fetch,
                                                std::string first) {
  const auto state =
      std::make_shared<Crawl>(Crawl{loop, std::move(fetch), {first}, {}});
  co_await loop.create_task(visit(state, first), first);
  std::vector<std::string> pages(state->fetched.begin(), state->fetched.end());
  co_return pages;
}

}  // namespace exercises
