#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "chapters/09_culprit/exercises/three_suspects.hpp"
#include "common/clock.hpp"
#include "tests/exercises/where_reports.hpp"
#include "tests/grader/judge/probe.hpp"

namespace {

using exercises::Order;
using exercises::Shop;
using std::chrono::nanoseconds;
using namespace std::chrono_literals;

// Who is slow on a day, if somebody is.
const std::vector<std::string> kSuspects = {"sieve", "stir", "count"};
const std::vector<std::string> kOthers = {"pick", "turn", "pour", "fold"};

constexpr int kMostPauses = 10;

// Counts who looks at it, but for the loop.
class WatchedClock final : public common::VirtualClock {
 public:
  nanoseconds now() const override {
    if (loop && loop->runs_a_coroutine()) ++looks;
    return VirtualClock::now();
  }
  const probe::WatchedLoop* loop = nullptr;
  mutable int looks = 0;
};

class Day {
 public:
  // With some grams, there is one order, of so much.
  Day(probe::Run& run, const std::string& slow, int grams = 0) : run_(run) {
    loop_.set_debug(true);
    clock_.loop = &loop_;
    for (const auto& tools : {kSuspects, kOthers}) {
      for (const std::string& tool : tools)
        pace_[tool] = run.microseconds(5, 40);
    }
    pace_.at(slow) = run.microseconds(7000, 8000);
    const int orders = grams > 0 ? 1 : run.number(2, 3);
    for (int i = 0; i < orders; ++i) {
      Order order;
      order.customer = run.name("customer");
      order.spice = run.word();
      order.grams = grams > 0 ? grams : run.number(28, 30);
      order.cents = run.number(2, 90);
      orders_.push_back(std::move(order));
    }
  }

  void serve() {
    Shop shop(loop_, pace_);
    std::vector<ch09::Task<std::string>> tasks;
    nanoseconds work = 0ns;
    for (const Order& order : orders_) {
      run_.step("{} g of {} for {}", order.grams, order.spice, order.customer);
      tasks.push_back(
          loop_.create_task(exercises::serve(shop, order), order.customer));
      for (const auto& [tool, pace] : pace_) work += order.grams * pace;
    }
    for (const auto& task : tasks) {
      receipts_.push_back(loop_.run_until_complete<std::string>(task));
    }
    see(shop, tasks.size(), work);
    loop_.close();
  }

  // Says only what was not right.
  void serve_quietly(std::vector<std::string>& too_many,
                     std::vector<std::string>& reports) {
    Shop shop(loop_, pace_);
    const Order& order = orders_.front();
    loop_.run_until_complete(exercises::serve(shop, order));
    if (loop_.pauses() > kMostPauses) {
      run_.note(too_many,
                fmt::format("{} pauses for {} g", loop_.pauses(), order.grams));
    }
    for (const std::string& line : loop_.reports()) {
      run_.note(reports, fmt::format("{} g: {}", order.grams, line));
    }
    loop_.close();
  }

 private:
  // "pick 30 times", "sieve 30 times", ...: what was done for an order.
  static std::vector<std::string> diary(const Shop& shop, const Order& order) {
    std::vector<std::string> lines;
    std::string last;
    int times = 0;
    for (const auto& [customer, tool] : shop.diary()) {
      if (customer != order.customer) continue;
      times = tool == last ? times + 1 : 1;
      if (times == 1) lines.emplace_back();
      last = tool;
      lines.back() = fmt::format("{}: {}", tool, times);
    }
    return lines;
  }

  void see(const Shop& shop, std::size_t tasks, nanoseconds work) {
    run_.see_lines("what the loop reports", loop_.reports());
    run_.why("debug mode, its limit and the log are the loop owner's business");
    run_.see("debug mode is on", loop_.debug());
    run_.see("its limit", nanoseconds(loop_.slow_callback_duration));
    run_.why("each piece of work must stay, in the same order");
    for (const Order& order : orders_) {
      run_.see_lines("work for " + order.customer, diary(shop, order));
    }
    run_.why("the receipt must stay as it is");
    for (const auto& receipt : receipts_) run_.see("the receipt", receipt);
    run_.why("nobody waits for the clock: a sleep of zero lets others in");
    run_.see("the day lasts longer than its work", loop_.time() > work);
    run_.why(
        "nobody looks at the clock: a pause comes after a number of pieces of "
        "work, so a day goes the same way on every machine");
    run_.see("looks at the clock", clock_.looks);
    run_.why(
        "at each pause others have questions: a coroutine that is slow on no "
        "day needs none, and the three need one after about ten pieces of "
        "work");
    const int most = kMostPauses * static_cast<int>(tasks);
    run_.see("pauses", loop_.pauses() <= most
                           ? fmt::format("{} or fewer", most)
                           : fmt::format("{}", loop_.pauses()));
  }

  probe::Run& run_;
  WatchedClock clock_;
  probe::WatchedLoop loop_{clock_};
  Shop::Pace pace_;
  std::vector<Order> orders_;
  std::vector<std::string> receipts_;
};

void monday(probe::Run& run) { Day(run, "sieve").serve(); }
void tuesday(probe::Run& run) { Day(run, "stir").serve(); }
void wednesday(probe::Run& run) { Day(run, "count").serve(); }

void any_day(probe::Run& run) {
  for (int i = 1; i <= 6; ++i) {
    run.step("day {}", i);
    const std::string slow = run.pick(kSuspects);
    Day(run, slow).serve();
  }
  run.why(
      "an order may have any number of grams up to thirty: small ones need "
      "fewer pauses, and not shorter ways from one to the next");
  run.step("thirty more days, each with one order: of 1 g, of 2 g, and so on");
  std::vector<std::string> too_many;
  std::vector<std::string> reports;
  for (int grams = 1; grams <= 30; ++grams) {
    const std::string slow = run.pick(kSuspects);
    Day(run, slow, grams).serve_quietly(too_many, reports);
  }
  run.see_lines("orders with more than ten pauses", too_many);
  run.see_lines("what the loop reports", reports);
}

}  // namespace

int main(int argc, char** argv) {
  return probe::main(argc, argv,
                     {{"monday", monday},
                      {"tuesday", tuesday},
                      {"wednesday", wednesday},
                      {"any_day", any_day}});
}
