// Exercise orphans (chapter 12), solved.
//
// Each task awaits the tasks that it has made. So a maker lives at least as
// long as its children, and the tree of makers is also the tree of those who
// wait: no orphan can arise. A cancellation of crawl() goes down the same tree.
//
// gather_outcomes() waits for all children, whatever becomes of each. gather()
// would hand on the first error and leave the other children to themselves.
//
// A page that fails is caught where it is fetched, and only there. A
// CancelledError is no std::exception, and goes on.
//
// Another way: crawl() itself makes all the tasks, and waits until none is
// left. The tree is flat then, and a task does not have to wait for its
// children.

#include "chapters/12_wait_graph/exercises/orphans.hpp"

#include <set>

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
  } catch (const std::exception&) {
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
