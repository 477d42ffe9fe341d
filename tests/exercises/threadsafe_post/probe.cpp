#include <signal.h>
#include <sys/time.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <functional>
#include <memory>
#include <new>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "chapters/02_event_loop/exercises/threadsafe_post.hpp"
#include "tests/grader/judge/probe.hpp"

namespace {

// What happens meanwhile, when this thread allocates next: in the middle of a
// post(), which needs memory for its letter.
thread_local std::function<void()>* meanwhile = nullptr;
// A handler of signals must not ask for memory, nor give it back, then.
thread_local volatile bool allocating = false;

}  // namespace

void* operator new(std::size_t size) {
  if (auto* const happens = std::exchange(meanwhile, nullptr)) (*happens)();
  const bool before = allocating;
  allocating = true;
  void* const memory = std::malloc(size);
  allocating = before;
  if (!memory) throw std::bad_alloc();
  return memory;
}
void operator delete(void* memory) noexcept {
  const bool before = allocating;
  allocating = true;
  std::free(memory);
  allocating = before;
}
void operator delete(void* memory, std::size_t) noexcept {
  operator delete(memory);
}

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
    run.see("what ran", delivered);
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
  bench.post_all(run.names("letter", count));
  bench.deliver();
  run.why("a letter that has run is destroyed, with all that it holds");
  bench.see_letters();
  run.why("");
  bench.post_all(run.names("letter", 2));
  bench.post_all(run.names("letter", 2));
  bench.deliver();
  run.why("what has been taken out is no longer in the box");
  bench.deliver();
}

// Another thread does something while this one is in the middle of a post().
void post_while(Bench& bench, const std::string& text,
                const std::function<void()>& other) {
  auto letter = bench.letter(text);
  std::function<void()> happens = [&] { std::thread(other).join(); };
  meanwhile = &happens;
  bench.mailbox->post(std::move(letter));
  meanwhile = nullptr;
}

// Between two lines of a post(), another thread comes. This is made certain,
// and what several_threads() finds by chance is certain to be found here, too.
void one_is_quicker(probe::Run& run) {
  Bench bench(run);
  const auto name = run.name("letter");
  bench.mailbox = std::make_unique<Mailbox>([&bench] {
    ++bench.rings;
    std::thread([&bench] { bench.mailbox->deliver(); }).join();
  });
  run.why(
      "the loop may come as soon as it rings: by then the letter must be in "
      "the box, or nothing rings for it any more");
  run.step("at the ring of this mailbox the loop's thread delivers at once");
  run.step("post({})", name);
  bench.post(name);
  bench.see_delivered();
  run.why(
      "a box that has been emptied is empty again: the next letter must ring, "
      "or the loop never comes. Who notes that it has rung must take that back "
      "when the box is emptied");
  const auto next = run.name("letter");
  run.step("post({})", next);
  bench.post(next);
  bench.see_delivered();
  bench.mailbox = std::make_unique<Mailbox>([&bench] { ++bench.rings; });
  bench.rings = 0;
  bench.delivered.clear();
  run.why(
      "one ring brings the loop to all the letters that are there: ring if the "
      "box was empty, and only then");
  bench.post_all(run.names("letter", 2));
  bench.see_rings();
  run.why(
      "a box that has been emptied is empty again: the next letter must ring, "
      "or the loop never comes");
  run.step("deliver()");
  bench.mailbox->deliver();
  bench.post_all(run.names("letter", 1));
  bench.see_rings();
  bench.mailbox->deliver();
  bench.rings = 0;
  bench.delivered.clear();
  const auto names = run.names("letter", 2);
  run.why(
      "when another thread has been quicker, link to its letter, or that one "
      "is lost: before each attempt, `next` is the head that it replaces");
  run.step("the box is empty; a thread is in the middle of post({})", names[0]);
  run.step("meanwhile another thread posts {}", names[1]);
  post_while(bench, names[0], [&] { bench.post(names[1]); });
  run.step("deliver()");
  run.see("it returned", bench.mailbox->deliver());
  bench.delivered.clear();
  run.why(
      "both threads saw an empty box, and one of them found it empty: the one "
      "whose letter has replaced nullptr. Asked before the exchange, \"is it "
      "empty?\" is answered too early");
  bench.see_rings();
  run.why("");
}

// The loop's thread delivers while the others post, and nothing but the mailbox
// is between them. This is for ThreadSanitizer to watch: a fault that depends
// on the moment is no observation, and the scenes above have made each one
// certain.
void while_they_post(probe::Run& run) {
  const int letters = run.number(300, 600);
  run.step(
      "a mailbox; two threads post {} numbers each, while this one delivers",
      letters);
  std::vector<int> first;
  std::vector<int> second;
  Mailbox mailbox([] {});
  const auto post_to = [&mailbox, letters](std::vector<int>& seen) {
    for (int i = 1; i <= letters; ++i) {
      mailbox.post([&seen, i] { seen.push_back(i); });
    }
  };
  std::thread one(post_to, std::ref(first));
  std::thread two(post_to, std::ref(second));
  for (int i = 0; i < 1000; ++i) mailbox.deliver();
  one.join();
  two.join();
  mailbox.deliver();

  run.step("a thread posts {} numbers more, and the mailbox is closed",
           letters);
  std::atomic<bool> posted = false;
  std::thread three([&] {
    post_to(first);
    posted.store(true, std::memory_order_relaxed);
  });
  while (!posted.load(std::memory_order_relaxed)) {
  }
  mailbox.close();
  three.join();
}

void several_threads(probe::Run& run) {
  one_is_quicker(run);
  Bench bench(run);
  const auto names = run.names("letter", 3);
  const int letters = run.number(200, 400);
  run.step(
      "a mailbox; three threads post {} numbered letters each, at the same "
      "time",
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
  run.why(
      "only the thread whose letter replaces nullptr has found the box empty");
  bench.see_rings();
  run.why("a letter that has run is destroyed, with all that it holds");
  bench.see_letters();
}

// A thread that posts is interrupted by signals, at any moment. Before it goes
// on, the loop delivers: for the mailbox it is the same whether another thread
// does that, or the handler.
Mailbox* interrupted_mailbox = nullptr;
volatile int interruptions = 0;
volatile int not_in_vain = 0;  // deliveries that found something
void on_signal(int) {
  if (allocating) return;
  interruptions = interruptions + 1;
  if (interrupted_mailbox->deliver() > 0) not_in_vain = not_in_vain + 1;
}

void deliver_at_any_moment(Bench& bench) {
  probe::Run& run = bench.run;
  const int count = run.number(400, 600);
  run.step(
      "a thread posts and posts; {} times it is interrupted somewhere, and the "
      "loop delivers before it goes on",
      count);
  interrupted_mailbox = bench.mailbox.get();
  struct sigaction action{};
  action.sa_handler = on_signal;
  ::sigaction(SIGALRM, &action, nullptr);
  const itimerval often{{0, 20}, {0, 20}};
  const itimerval never{};
  ::setitimer(ITIMER_REAL, &often, nullptr);
  int posted = 0;
  volatile int ran = 0;
  while (interruptions < count) {
    bench.mailbox->post([&ran] { ran = ran + 1; });
    ++posted;
  }
  ::setitimer(ITIMER_REAL, &never, nullptr);
  if (bench.mailbox->deliver() > 0) not_in_vain = not_in_vain + 1;
  run.see("did all letters run", posted == ran);
  run.why(
      "a letter that is in the box belongs to deliver(), which may have run "
      "and deleted it by now: what you need of it, know before");
  run.see("did it ring once for each time that the box was empty",
          bench.rings == not_in_vain);
}

// Whether the post() throws or not: what becomes of its letter?
void closed_meanwhile(probe::Run& run) {
  Bench bench(run);
  const auto name = run.name("letter");
  run.step("another mailbox; a thread is in the middle of post({})", name);
  run.step("meanwhile the loop's thread calls close()");
  try {
    post_while(bench, name, [&] { bench.mailbox->close(); });
  } catch (const std::runtime_error&) {
    run.why("it has seen that the box is closed: that is right, too");
  }
  run.step("the mailbox is destroyed");
  bench.mailbox.reset();
  run.why(
      "who has seen the box open puts a letter in when it is closed already: "
      "the destructor looks into the box once more, closed or not");
  bench.see_letters();
}

void at_the_worst_moment(probe::Run& run) {
  Bench bench(run);
  const auto names = run.names("letter", 2);
  bench.post(names[0]);
  run.step("{} is in the box; a thread is in the middle of post({})", names[0],
           names[1]);
  run.step("meanwhile the loop's thread delivers {}", names[0]);
  bench.rings = 0;
  post_while(bench, names[1], [&] { bench.mailbox->deliver(); });
  run.why(
      "there was a letter when you looked first, and none when yours came in, "
      "so it must ring: what the exchange replaced says whether the box was "
      "empty, and not an earlier look");
  bench.see_rings();
  bench.deliver();
  bench.rings = 0;
  run.why("");
  deliver_at_any_moment(bench);
  run.why("");
  while_they_post(run);
}

void one_ring(probe::Run& run) {
  Bench bench(run);
  std::thread::id rang;
  bench.mailbox = std::make_unique<Mailbox>([&] {
    ++bench.rings;
    rang = std::this_thread::get_id();
  });
  const auto count = static_cast<std::size_t>(run.number(2, 5));
  run.why(
      "one ring brings the loop to all the letters that are there: ring if "
      "the box was empty, and only then");
  bench.post_all(run.names("letter", count));
  bench.see_rings();
  bench.deliver();
  run.step("deliver(), though there is nothing");
  run.see("it returned", bench.mailbox->deliver());
  run.why(
      "a box that has been emptied is empty again: the next letter must ring, "
      "or the loop never comes");
  bench.post_all(run.names("letter", 2));
  bench.see_rings();
  run.why("post() rings, in the thread that posts: no other one knows of it");
  bool here = false;
  std::thread([&] {
    bench.mailbox->deliver();
    bench.post("letter");
    here = rang == std::this_thread::get_id();
  }).join();
  run.see("does it ring in the thread that posts", here);
  bench.mailbox->deliver();
  bench.delivered.clear();
  bench.rings = 0;

  const auto outer = run.name("letter");
  const auto inner = run.names("letter", 2);
  const auto last = run.name("letter");
  run.why(
      "deliver() takes what is there when it begins: what a callback posts "
      "comes into an empty box, rings, and waits for the next time");
  run.step("post({}), which posts {} when it runs; then post({})", outer,
           probe::text(inner), last);
  bench.mailbox->post([&bench, outer, inner] {
    bench.delivered.push_back(outer);
    for (const auto& text : inner) bench.post(text);
  });
  bench.post(last);
  bench.see_rings();
  bench.deliver();
  bench.see_rings();
  bench.deliver();
  bench.see_rings();
}

void closed(probe::Run& run) {
  Bench bench(run);
  const auto count = static_cast<std::size_t>(run.number(2, 5));
  bench.post_all(run.names("letter", count));
  bench.see_letters();
  run.why(
      "close() drops what waits, and does not run it: what it holds must be "
      "let go of now");
  run.step("close()");
  bench.mailbox->close();
  run.see("what ran", bench.delivered);
  bench.see_letters();
  const auto late = run.name("letter");
  run.why(
      "a thread that comes too late must learn that its callback will not "
      "run: post() throws std::runtime_error");
  run.step("post({}), twice", late);
  for (int i = 0; i < 2; ++i) {
    run.see_outcome("post()", [&] { bench.post(late); });
  }
  run.why(
      "a callback that is refused is not in the box: it is gone, and there "
      "is nothing to ring for");
  bench.see_letters();
  bench.see_rings();
  run.why("a second close() does nothing");
  run.see_outcome("close()", [&] { bench.mailbox->close(); });
  bench.deliver();

  run.why(
      "the letters were taken out all at once: close() in one of them does "
      "not find the others in the box any more");
  bench.mailbox = std::make_unique<Mailbox>([&bench] { ++bench.rings; });
  const auto closes = run.name("letter");
  const auto after = run.name("letter");
  run.step("another mailbox: post({}), which calls close(), and post({})",
           closes, after);
  bench.mailbox->post([&bench, closes] {
    bench.delivered.push_back(closes);
    bench.mailbox->close();
  });
  bench.post(after);
  bench.deliver();
  bench.see_letters();

  run.why(
      "from the call of close() on, post() throws: also for what is destroyed "
      "by it, and says goodbye");
  run.step("another mailbox, and in it a letter that posts when it is gone");
  bench.mailbox = std::make_unique<Mailbox>([&bench] { ++bench.rings; });
  bench.rings = 0;
  std::string goodbye = "was not tried";
  bench.mailbox->post([last = std::shared_ptr<int>(
                           new int(0), [&bench, &goodbye](const int* number) {
                             delete number;
                             try {
                               bench.post("goodbye");
                               goodbye = "returns";
                             } catch (const std::runtime_error&) {
                               goodbye = "throws std::runtime_error";
                             }
                           })] {});
  run.step("close()");
  bench.mailbox->close();
  run.see("the post() of the goodbye", goodbye);
  bench.see_rings();

  const int crowd = run.number(200'000, 250'000);
  run.why("letters may be many: deliver() and close() must not nest");
  run.step("another mailbox: {} letters are posted, and delivered", crowd);
  bench.mailbox = std::make_unique<Mailbox>([] {});
  int ran = 0;
  for (int i = 0; i < crowd; ++i) bench.mailbox->post([&ran] { ++ran; });
  const std::size_t count_of_all = bench.mailbox->deliver();
  run.see("it returned", count_of_all);
  run.see("how many have run", ran);
  run.step("as many are posted, and the mailbox is closed");
  for (int i = 0; i < crowd; ++i) bench.mailbox->post([&ran] { ++ran; });
  bench.mailbox->close();
  run.see("how many have run", ran);

  run.why("the destructor drops what waits, as close() does, and runs nothing");
  run.step("a third mailbox");
  bench.mailbox = std::make_unique<Mailbox>([&bench] { ++bench.rings; });
  bench.post_all(run.names("letter", 3));
  bench.see_letters();
  run.step("it is destroyed");
  bench.mailbox.reset();
  bench.see_letters();
  bench.see_delivered();
  closed_meanwhile(run);
}

}  // namespace

int main(int argc, char** argv) {
  return probe::main(argc, argv,
                     {{"in_order", in_order},
                      {"several_threads", several_threads},
                      {"at_the_worst_moment", at_the_worst_moment},
                      {"one_ring", one_ring},
                      {"closed", closed}});
}
