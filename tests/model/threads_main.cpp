// Other threads post to a loop that runs, stops, or is being closed. The rules
// that do not depend on which thread comes first must hold: a post runs once,
// in the order of its thread, or is refused with "Event loop is closed".
#include <fmt/format.h>
#include <rapidcheck.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <string>
#include <thread>
#include <vector>

#include "tests/model/program.hpp"
#include "tests/model/real.hpp"

namespace {

struct Plan {
  std::vector<int> posts;  // of each thread
  int rounds = 1;          // how often the loop is stopped and run again
  bool closes = false;     // while the threads may still post
  int work = 0;            // callbacks and timers of the loop's own
  unsigned pauses = 0;     // which posts come after a pause
};

void showValue(const Plan& plan, std::ostream& out) {
  out << "threads";
  for (const int posts : plan.posts) out << " " << posts;
  out << fmt::format(" rounds {} closes {} work {} pauses {:x}", plan.rounds,
                     plan.closes, plan.work, plan.pauses);
}

rc::Gen<Plan> plans() {
  return rc::gen::build<Plan>(
      rc::gen::set(&Plan::posts,
                   rc::gen::resize(4, rc::gen::nonEmpty(
                                          rc::gen::container<std::vector<int>>(
                                              rc::gen::inRange(0, 200))))),
      rc::gen::set(&Plan::rounds, rc::gen::inRange(1, 4)),
      rc::gen::set(&Plan::closes, rc::gen::arbitrary<bool>()),
      rc::gen::set(&Plan::work, rc::gen::inRange(0, 20)),
      rc::gen::set(&Plan::pauses, rc::gen::arbitrary<unsigned>()));
}

// Counts the callbacks that are alive: none may be lost in a queue.
class Token {
 public:
  explicit Token(std::atomic<int>& alive) : alive_(&alive) { ++*alive_; }
  Token(const Token& other) : Token(*other.alive_) {}
  Token& operator=(const Token&) = delete;
  ~Token() { --*alive_; }

 private:
  std::atomic<int>* alive_;
};

struct Poster {
  int accepted = 0;
  std::string refusal;
  std::vector<int> ran;  // by the loop's thread alone
};

class Meeting {
 public:
  Meeting(const Plan& plan, const loops::Kind& kind)
      : plan_(plan),
        posters_(plan.posts.size()),
        loop_(kind.make(clock_, ch01::default_selector(), watcher_)) {
    for (const int posts : plan.posts) expected_ += posts;
  }

  long run() {
    work(plan_.work);
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < posters_.size(); ++i) {
      threads.emplace_back([this, i] { post(i); });
    }
    for (int round = 0; round < plan_.rounds; ++round) {
      stop_at_ = expected_ * (round + 1) / plan_.rounds;
      if (plan_.closes) stop_at_ /= 2;
      if (ran_ < stop_at_) loop_->run_forever();
    }
    if (plan_.closes) loop_->close();
    for (std::thread& thread : threads) thread.join();
    check();
    return ran_;
  }

 private:
  void work(int left) {
    if (left == 0) return;
    loop_->call_soon([this, left] { work(left - 1); });
    loop_->call_later(std::chrono::seconds(left), [] {});
  }

  void post(std::size_t i) {
    Poster& me = posters_[i];
    for (int k = 0; k < plan_.posts[i]; ++k) {
      if ((plan_.pauses >> (static_cast<unsigned>(k) % 32) & 1) != 0) {
        std::this_thread::yield();
      }
      try {
        loop_->call_soon_threadsafe([this, k, &me, token = Token(alive_)] {
          me.ran.push_back(k);
          if (++ran_ >= stop_at_) loop_->stop();
        });
      } catch (const std::runtime_error& error) {
        me.refusal = error.what();
        return;
      }
      ++me.accepted;
    }
  }

  void check() {
    for (std::size_t i = 0; i < posters_.size(); ++i) {
      const auto& [accepted, refusal, ran] = posters_[i];
      for (std::size_t k = 0; k < ran.size(); ++k) {
        RC_ASSERT(ran[k] == static_cast<int>(k));
      }
      if (plan_.closes) {
        RC_ASSERT(static_cast<int>(ran.size()) <= accepted);
        const bool all = accepted == plan_.posts[i];
        RC_ASSERT(refusal == (all ? "" : "Event loop is closed"));
      } else {
        RC_ASSERT(refusal == "");
        RC_ASSERT(static_cast<int>(ran.size()) == plan_.posts[i]);
      }
    }
    if (plan_.closes) {
      RC_ASSERT(loops::refusal([this] {
                  loop_->call_soon_threadsafe([] {});
                }) == "Event loop is closed");
    } else {
      loop_->close();
    }
    loop_.reset();
    RC_ASSERT(alive_ == 0);
  }

  const Plan& plan_;
  std::atomic<int> alive_ = 0;
  common::VirtualClock clock_;
  loops::Watcher watcher_;
  std::vector<Poster> posters_;
  int expected_ = 0;
  int ran_ = 0;
  int stop_at_ = 0;
  std::unique_ptr<ch02::EventLoop> loop_;
};

}  // namespace

int main(int argc, char** argv) {
  ch04::get_logger().set_level(ch04::CRITICAL + 1);
  ch07::simplefilter("ignore");
  rc::detail::TestParams params;
  params.seed = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1;
  params.maxSuccess = argc > 2 ? std::atoi(argv[2]) : 200;
  params.disableShrinking = true;  // the same plan may go well next time
  const auto kinds = model::loops_for({.tasks = false, .scripts = {}});
  long ran = 0;
  const auto result = rc::detail::checkTestable(
      [&] {
        const Plan plan = *plans();
        for (const loops::Kind& kind : kinds) ran += Meeting(plan, kind).run();
      },
      rc::detail::TestMetadata{"threads", "threads"}, params);
  std::cout << fmt::format("seed {}, {} plans on {} loops, {} posts ran\n",
                           params.seed, params.maxSuccess, kinds.size(), ran);
  rc::detail::SuccessResult success;
  if (result.match(success)) return 0;
  rc::detail::printResultMessage(result, std::cout);
  std::cout << "\n";
  return 1;
}
