// Orphans: a crawler whose tasks outlive those that made them.
// This file is the contract: do not edit it. Yours is orphans.cpp.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "chapters/12_wait_graph/event_loop.hpp"

namespace exercises {

using Links = std::vector<std::string>;
// Fetches a page, and gives the names of the pages to which it leads.
using Fetch = std::function<ch12::Coroutine<Links>(std::string)>;

// Fetches a page, all pages to which it leads, all to which those lead, and so
// on, and returns the names of those that could be fetched, sorted.
//
// * Each page is fetched once, however many lead to it, and in a circle too.
//   Nothing waits without need: a page is fetched as soon as a link to it is
//   known, in a task of its own that has the page's name.
// * A page that cannot be fetched (any std::exception, also when fetch itself
//   throws it) is left out, and the others are fetched all the same.
// * When it returns, all of its tasks have ended. At no time is one of them an
//   orphan.
// * When it is cancelled, all of its tasks are cancelled.
ch12::Coroutine<std::vector<std::string>> crawl(ch12::EventLoop& loop,
                                                Fetch fetch, std::string first);

}  // namespace exercises
