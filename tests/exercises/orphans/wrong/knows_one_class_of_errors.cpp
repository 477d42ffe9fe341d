// Only a std::runtime_error means that a page cannot be fetched.

#include "chapters/12_wait_graph/exercises/orphans.hpp"

#include <set>
#include <stdexcept>

namespace exercises {

namespace {

struct Crawl {
  ch12::EventLoop& loop;
  Fetch fetch;
  std::set<std::string> seen;
  std::set<std::string> fetched;
};

ch12::Coroutine<> visit(Crawl& crawl, std::string page) {
  Links links;
  try {
    links = co_await crawl.fetch(page);
  } catch (const std::runtime_error&) {
    co_return;
  }
  crawl.fetched.insert(page);
  std::vector<ch12::Task<>> children;
  for (const std::string& link : links) {
    if (!crawl.seen.insert(link).second) continue;
    children.push_back(crawl.loop.create_task(visit(crawl, link), link));
  }
  if (children.empty()) co_return;
  co_await ch12::gather_outcomes(std::move(children));
}

}  // namespace

ch12::Coroutine<std::vector<std::string>> crawl(ch12::EventLoop& loop,
                                                Fetch fetch,
                                                std::string first) {
  Crawl state{loop, std::move(fetch), {first}, {}};
  co_await loop.create_task(visit(state, first), first);
  std::vector<std::string> pages(state.fetched.begin(), state.fetched.end());
  co_return pages;
}

}  // namespace exercises
