#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "chapters/02_event_loop/exercises/threadsafe_post.hpp"
#include "tests/grader/judge/probe.hpp"

namespace {

using exercises::Mailbox;

// What came out of the box, how often it rang, and which letters still exist.
struct Bench {
  explicit Bench(probe::Run& where) : run(where) {}

  // A letter that appends its text to what was delivered. It is told from
  // others by what it holds: while that lives, the letter does.
  std::function<void()> letter(const std::string& text) {
    return [this, held = std::shared_ptr<int>(alive), text] {
      delivered.push_back(text);
    };
  }
  void post(const std::string& text) { mailbox->post(letter(text)); }
  void post_all(const std::vector<std::string>& texts) {
    run.step("a thread posts {}, and ends", probe::text(texts));
    std::thread([&] {
      for (const auto& text : texts) post(text);
    }).join();
  }
  void deliver() {
    run.step("deliver()");
    const std::size_t count = mailbox->deliver();
    run.see("it returned", count);
    see_delivered();
  }
  void see_delivered() {
    run.see_lines("delivered", delivered);
    delivered.clear();
  }
  void see_rings() { run.see("how often it has rung", rings.load()); }
  void see_letters() {
    run.see("letters that still exist", alive.use_count() - 1);
  }

  probe::Run& run;
  std::atomic<int> rings = 0;
  std::shared_ptr<int> alive = std::make_shared<int>(0);
  std::vector<std::string> delivered;
  std::unique_ptr<Mailbox> mailbox =
      std::make_unique<Mailbox>([this] { ++rings; });
};

void in_order(probe::Run& run) {
  Bench bench(run);
  const auto count = static_cast<std::size_t>(run.number(3, 6));
  bench.post_all(run.words(count));
  bench.deliver();
  bench.see_letters();
  bench.post_all(run.words(2));
  bench.post_all(run.words(2));
  bench.deliver();
  bench.deliver();
}

void several_threads(probe::Run& run) {
  Bench bench(run);
  const auto names = run.words(3);
  const int letters = run.number(200, 400);
  run.step("three threads post {} numbered letters each, at the same time",
           letters);
  std::vector<std::thread> threads;
  std::atomic<int> ready = 0;
  for (const auto& name : names) {
    threads.emplace_back([&, name] {
      ++ready;
      while (ready < 3) {
      }
      for (int i = 1; i <= letters; ++i) {
        bench.post(name + " " + std::to_string(i));
      }
    });
  }
  for (auto& thread : threads) thread.join();
  run.step("they have ended; deliver()");
  const std::size_t count = bench.mailbox->deliver();
  run.see("it returned", count);
  for (const auto& name : names) {
    int next = 1;
    for (const auto& text : bench.delivered) {
      if (text == name + " " + std::to_string(next)) ++next;
    }
    run.see("letters of " + name + " that came in order", next - 1);
  }
  bench.see_rings();
  bench.see_letters();
}

void one_ring(probe::Run& run) {
  Bench bench(run);
  const auto count = static_cast<std::size_t>(run.number(2, 5));
  bench.post_all(run.words(count));
  bench.see_rings();
  bench.deliver();
  bench.post_all(run.words(2));
  bench.see_rings();
  const auto outer = run.word();
  const auto inner = run.word();
  const auto last = run.word();
  run.step("post({}), which posts {} when it runs; then post({})", outer, inner,
           last);
  bench.mailbox->post([&bench, outer, inner] {
    bench.delivered.push_back(outer);
    bench.post(inner);
  });
  bench.post(last);
  bench.see_rings();
  bench.deliver();
  bench.see_rings();
  bench.deliver();
}

void closed(probe::Run& run) {
  Bench bench(run);
  const auto count = static_cast<std::size_t>(run.number(2, 5));
  bench.post_all(run.words(count));
  bench.see_letters();
  run.step("close()");
  bench.mailbox->close();
  bench.see_letters();
  const auto late = run.word();
  run.step("post({})", late);
  run.see_outcome("post()", [&] { bench.post(late); });
  bench.see_letters();
  bench.see_rings();
  bench.mailbox->close();
  bench.deliver();
  run.step("another mailbox");
  bench.mailbox = std::make_unique<Mailbox>([&bench] { ++bench.rings; });
  bench.post_all(run.words(3));
  bench.see_letters();
  run.step("it is destroyed");
  bench.mailbox.reset();
  bench.see_letters();
  bench.see_delivered();
}

}  // namespace

int main(int argc, char** argv) {
  return probe::main(argc, argv,
                     {{"in_order", in_order},
                      {"several_threads", several_threads},
                      {"one_ring", one_ring},
                      {"closed", closed}});
}
