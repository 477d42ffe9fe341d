// A probe for the grader's own tests: each case ends in a different way. Its
// "observations" depend on FIXTURE_ANSWER, so that one source is both the
// reference and the wrong answers.
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "tests/grader/judge/probe.hpp"

#ifndef FIXTURE_ANSWER
#define FIXTURE_ANSWER 0
#endif

namespace {

constexpr int kAnswer = FIXTURE_ANSWER;  // 0 is right

void begin(probe::Run& run) {
  run.step("two numbers, {} and {}", run.number(1, 100), run.number(1, 100));
}

void adds(probe::Run& run) {
  const int a = run.number(1, 100);
  const int b = run.number(1, 100);
  run.step("add({}, {})", a, b);
  run.see("the sum", a + b + kAnswer);
}
void crashes(probe::Run& run) {
  begin(run);
  if (kAnswer != 0) std::raise(SIGSEGV);
  run.see("the number", run.number(1, 100));
}
void crashes_at_exit(probe::Run& run) {
  begin(run);
  if (kAnswer != 0) std::atexit([] { ::_exit(7); });
}
void exits_early(probe::Run& run) {
  begin(run);
  if (kAnswer != 0) std::exit(0);
  run.step("the second half");
}
void never_ends(probe::Run& run) {
  begin(run);
  while (kAnswer != 0) ::pause();
  run.see("the number", run.number(1, 100));
}
void works_on(probe::Run& run) {
  begin(run);
  volatile unsigned count = 0;
  while (kAnswer != 0) count = count + 1;
  run.see("the number", run.number(1, 100));
}
void talks(probe::Run& run) {
  begin(run);
  for (int i = 0; kAnswer != 0; ++i) std::printf("line %d\n", i);
  run.see("the number", run.number(1, 100));
}
void takes_memory(probe::Run& run) {
  begin(run);
  // Not vector::resize, which would write to the memory.
  if (kAnswer != 0) ::operator delete(::operator new(std::size_t(1) << 31U));
  run.see("the number", run.number(1, 100));
}
void notes_on(probe::Run& run) {
  begin(run);
  std::vector<std::string> notes;
  run.note(notes, "once");
  while (kAnswer != 0) run.note(notes, "5 ms: again");
  run.see_lines("diary", notes);
}
void fills_memory(probe::Run& run) {
  begin(run);
  std::vector<std::vector<char>> all;
  while (kAnswer != 0) {
    all.emplace_back(1U << 20U, 'x');
    asm volatile("" : : "r"(all.back().data()) : "memory");  // it is used
  }
  run.see("the number", run.number(1, 100));
}
void throws(probe::Run& run) {
  begin(run);
  if (kAnswer != 0) throw std::runtime_error("no \x1b[31mway\xff");
  run.see("the number", run.number(1, 100));
}
void leaves_a_thread(probe::Run& run) {
  begin(run);
  if (kAnswer != 0) std::thread([] { ::pause(); }).detach();
  run.see("the number", run.number(1, 100));
}
void leaves_a_process(probe::Run& run) {
  begin(run);
  if (kAnswer != 0 && ::fork() == 0) {
    ::pause();
    ::_exit(0);
  }
  run.see("the number", run.number(1, 100));
}
void says_more(probe::Run& run) {
  begin(run);
  if (kAnswer != 0) std::printf("noise\n\x1b[2Jmore\tnoise");
  if (kAnswer != 0) run.step("one step more");
}
// Descriptor 3 is the first one that a case can open.
void opens(probe::Run& run) {
  begin(run);
  const int fd = ::dup(STDOUT_FILENO);
  run.see("the descriptor", fd);
  ::close(fd);
  run.see("environment", std::getenv("HOME") == nullptr ? "none" : "some");
}

// Three stories of forty numbers. What an answer makes of a number, it hears
// with all the numbers before it.
using Numbers = std::vector<int>;
void numbers(probe::Run& run, bool (*is_wrong)(const Numbers&)) {
  begin(run);
  run.stories(3, [is_wrong](probe::Story& story) {
    const auto all = std::make_shared<Numbers>();
    for (int i = 0; i < 40; ++i) {
      const int number = story.run.number(0, 9);
      story.add([=, &its_run = story.run] {
        its_run.step("a {}", number);
        all->push_back(number);
        std::printf("I have seen a number\n");
        const bool wrong = kAnswer != 0 && is_wrong(*all);
        its_run.see("how many",
                    static_cast<int>(all->size()) + (wrong ? 1 : 0));
      });
    }
  });
}
void differs_in_a_story(probe::Run& run) {
  numbers(run, [](const Numbers& all) {
    return all.back() == 3 && std::ranges::count(all, 7) > 0;
  });
}
void crashes_in_a_story(probe::Run& run) {
  numbers(run, [](const Numbers& all) {
    if (all.back() == 3) std::raise(SIGSEGV);
    return false;
  });
}
void remembers_the_last_story(probe::Run& run) {
  numbers(run, [](const Numbers&) {
    static int count = 0;
    return ++count > 50;
  });
}

}  // namespace

int main(int argc, char** argv) {
  return probe::main(argc, argv,
                     {{"adds", adds},
                      {"crashes", crashes},
                      {"crashes_at_exit", crashes_at_exit},
                      {"exits_early", exits_early},
                      {"never_ends", never_ends},
                      {"works_on", works_on},
                      {"talks", talks},
                      {"takes_memory", takes_memory},
                      {"notes_on", notes_on},
                      {"fills_memory", fills_memory},
                      {"throws", throws},
                      {"leaves_a_thread", leaves_a_thread},
                      {"leaves_a_process", leaves_a_process},
                      {"says_more", says_more},
                      {"opens", opens},
                      {"differs_in_a_story", differs_in_a_story},
                      {"crashes_in_a_story", crashes_in_a_story},
                      {"remembers_the_last_story", remembers_the_last_story}});
}
