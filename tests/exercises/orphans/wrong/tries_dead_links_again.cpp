// Forgets a page that could not be fetched, and so does not know later that it
// has been tried.

#include "chapters/12_wait_graph/exercises/orphans.hpp"

#include <set>

namespace exercises {

namespace {

struct Crawl {
  ch12::EventLoop& loop;
  Fetch fetch;
  std::set<std::string> pages;
};

ch12::Coroutine<> visit(Crawl& crawl, std::string page) {
  Links links;
  try {
    links = co_await crawl.fetch(page);
  } catch (const std::exception&) {
    crawl.pages.erase(page);
    co_return;
  }
  std::vector<ch12::Task<>> children;
  for (const std::string& link : links) {
    if (!crawl.pages.insert(link).second) continue;
    children.push_back(crawl.loop.create_task(visit(crawl, link), link));
  }
  if (children.empty()) co_return;
  co_await ch12::gather_outcomes(std::move(children));
}

}  // namespace

ch12::Coroutine<std::vector<std::string>> crawl(ch12::EventLoop& loop,
                                                Fetch fetch,
                                                std::string first) {
  Crawl state{loop, std::move(fetch), {first}};
  co_await loop.create_task(visit(state, first), first);
  std::vector<std::string> pages(state.pages.begin(), state.pages.end());
  co_return pages;
}

}  // namespace exercises
