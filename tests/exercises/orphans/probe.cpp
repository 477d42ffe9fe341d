#include <algorithm>
#include <chrono>
#include <exception>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "chapters/12_wait_graph/exercises/orphans.hpp"
#include "common/clock.hpp"
#include "tests/grader/judge/probe.hpp"

namespace {

using namespace std::chrono_literals;

// What becomes of a page: it may fail after a while, with this error or that
// one, or as soon as fetch() is called.
enum class Fate : unsigned char { fetched, error, odd_error, refused };

std::string cannot_be_fetched(Fate fate) {
  switch (fate) {
    case Fate::odd_error:
      return "cannot be fetched, with an error of a class of its own";
    case Fate::refused:
      return "cannot be fetched: fetch() throws when it is called";
    default:
      return "cannot be fetched";
  }
}

struct NoNetwork final : std::exception {};

struct Web {
  explicit Web(probe::Run& where) : run(where) { loop.set_debug(true); }
  Web(const Web&) = delete;
  Web& operator=(const Web&) = delete;
  ~Web() {
    for (const auto& task : loop.all_tasks()) {
      task->set_log_destroy_pending(false);
      task->cancel();
    }
    result = {};
    loop.stop();
    loop.run_forever();
    loop.close();
  }

  void page(const std::string& name, exercises::Links links,
            Fate fate = Fate::fetched, std::chrono::nanoseconds more = {}) {
    const auto takes = run.milliseconds(10, 50) + more;
    run.step("page {} takes {}, {}", name, probe::text(takes),
             fate == Fate::fetched ? "links: " + probe::text(links)
                                   : "and " + cannot_be_fetched(fate));
    pages[name] = {takes, std::move(links), fate};
  }
  // No coroutine: it throws at once, or gives one.
  ch12::Coroutine<exercises::Links> fetch(std::string name) {
    run.note(begun, name + " at " + probe::text(loop.time()));
    if (pages.at(name).fate == Fate::refused) {
      throw std::invalid_argument("no page is called " + name);
    }
    return load(std::move(name));
  }
  ch12::Coroutine<exercises::Links> load(std::string name) {
    const Page& wanted = pages.at(name);
    co_await ch12::sleep(wanted.takes);
    if (wanted.fate == Fate::error) throw std::runtime_error("404 " + name);
    if (wanted.fate == Fate::odd_error) throw NoNetwork();
    ended.push_back(name);
    co_return wanted.links;
  }
  void begin(const std::string& first) {
    run.step("crawl() begins with {}", first);
    result = loop.create_task(
        exercises::crawl(
            loop, [this](std::string name) { return fetch(std::move(name)); },
            first),
        "crawler");
    look();
  }
  // Notes the orphans, now and every 5 ms.
  void look() {
    const std::string graph = loop.wait_graph();
    for (std::size_t at = 0; at < graph.size();) {
      const std::size_t end = std::min(graph.find('\n', at), graph.size());
      const std::string line = graph.substr(at, end - at);
      const auto word = line.find(", an orphan,");
      if (word != std::string::npos) {
        const auto name = line.find_first_not_of(' ');
        run.note(orphans, line.substr(name, word - name) + " at " +
                              probe::text(loop.time()));
      }
      at = end + 1;
    }
    if (loop.time() < 1s) loop.call_later(5ms, [this] { look(); });
  }
  void see_the_end() {
    run.see_outcome("crawl()", [this] {
      run.see("the pages", loop.run_until_complete(result));
    });
    std::size_t running = loop.all_tasks().size();
    run.see("tasks that are left", running);
    run.why(
        "each page is fetched once, as soon as a link to it is known; one that "
        "could not be fetched is not tried again");
    std::ranges::sort(begun);
    run.see_lines("fetched", begun);
    loop.run_until_complete(ch12::sleep(500ms));
    run.why("when its maker ends, a task needs somebody else who awaits it");
    run.see_lines("orphans", orphans);
    run.why("");
  }

  struct Page {
    std::chrono::nanoseconds takes{0};
    exercises::Links links;
    Fate fate = Fate::fetched;
  };
  probe::Run& run;
  common::VirtualClock clock;
  ch12::EventLoop loop{clock};
  std::map<std::string, Page> pages;
  std::vector<std::string> begun;
  std::vector<std::string> ended;
  std::vector<std::string> orphans;
  ch12::Task<std::vector<std::string>> result;
};

void all_pages(probe::Run& run) {
  Web web(run);
  const auto name = run.words(7);
  web.page(name[0], {name[1], name[2], name[1]});
  web.page(name[1], {name[3], name[4]});
  web.page(name[2], {name[4], name[0]});
  web.page(name[3], {});
  web.page(name[4], {name[5]});
  web.page(name[5], {name[1], name[6]});
  web.page(name[6], {name[6]});
  web.begin(name[0]);
  web.see_the_end();
}

// Of the first page's links the one in the middle fails; and then that page is
// the first one.
void another_error(probe::Run& run, Fate fate, const char* why) {
  run.step("another web");
  Web web(run);
  const auto name = run.words(5);
  web.page(name[0], {name[1], name[2], name[3]});
  web.page(name[1], {name[4]});
  web.page(name[2], {}, fate);
  web.page(name[3], {});
  web.page(name[4], {});
  for (const auto& first : {name[0], name[2]}) {
    run.why(why);
    web.begin(first);
    web.see_the_end();
  }
}

// The page has failed long before the second link to it is known.
void dead_already(probe::Run& run) {
  run.step("another web");
  Web web(run);
  const auto name = run.words(4);
  web.page(name[0], {name[1], name[2]});
  web.page(name[1], {name[3]});
  web.page(name[2], {name[3]}, Fate::fetched, 100ms);
  web.page(name[3], {}, run.coin() ? Fate::error : Fate::refused);
  web.begin(name[0]);
  web.see_the_end();
}

void dead_links(probe::Run& run) {
  Web web(run);
  const auto name = run.words(6);
  web.page(name[0], {name[1], name[2], name[3]});
  web.page(name[1], {}, Fate::error);
  web.page(name[2], {name[4]});
  web.page(name[3], {name[4], name[5]});
  web.page(name[4], {}, Fate::error);
  web.page(name[5], {});
  web.begin(name[0]);
  web.see_the_end();
  web.begin(name[1]);
  web.see_the_end();
  another_error(run, Fate::odd_error,
                "any std::exception means that a page cannot be fetched, "
                "whichever class it is of");
  another_error(run, Fate::refused,
                "fetch() is a function, which may throw before there is a "
                "coroutine to await: the call belongs inside the try, too");
  dead_already(run);
}

void cancelled(probe::Run& run) {
  Web web(run);
  const auto name = run.words(4);
  web.page(name[0], {name[1], name[2]});
  web.page(name[1], {name[3]});
  web.page(name[2], {name[3]});
  web.page(name[3], {});
  const auto when = web.pages[name[0]].takes + run.milliseconds(1, 9);
  web.begin(name[0]);
  run.step("it is cancelled after {}", probe::text(when));
  web.loop.call_later(when, [&web] { web.result.cancel(); });
  run.see_outcome("crawl()", [&web] {
    web.loop.run_until_complete(ch12::gather_outcomes(web.result));
    if (web.result.cancelled()) throw std::runtime_error("cancelled");
  });
  run.see("it ended at", web.loop.time());
  run.see("pages that were fetched later", web.ended.size() - 1);
  web.loop.run_until_complete(ch12::sleep(500ms));
  run.see("and in the half second after that", web.ended.size() - 1);
  run.see_lines("orphans", web.orphans);
}

}  // namespace

int main(int argc, char** argv) {
  return probe::main(argc, argv,
                     {{"all_pages", all_pages},
                      {"dead_links", dead_links},
                      {"cancelled", cancelled}});
}
