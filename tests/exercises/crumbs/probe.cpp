#include <algorithm>
#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "chapters/11_pulse/exercises/crumbs.hpp"
#include "common/clock.hpp"
#include "tests/grader/judge/probe.hpp"

namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

// Counts its turns.
class Loop : public ch11::EventLoop {
 public:
  using EventLoop::EventLoop;
  int turn = 0;

 protected:
  std::span<const ch01::ReadyKey> select(
      ch01::Selector::Timeout timeout) override {
    const auto events = ch11::EventLoop::select(timeout);
    ++turn;
    return events;
  }
};

// What is known of the pieces of work that a scene has seen.
struct Scene;
class Client final : public exercises::Member {
 public:
  Client(Scene& scene, std::string name, nanoseconds price)
      : scene_(scene), name_(std::move(name)), price_(price) {}
  void stop_typing() override { work("stop_typing", 1us); }
  void refresh_avatar() override;
  void deliver(const std::string& text) override {
    work("deliver " + text, 4us);
  }
  void count_unread() override { work("count_unread", 1us); }
  void ring() override { work("ring", 2us); }

 private:
  void work(const std::string& what, nanoseconds price);
  Scene& scene_;
  std::string name_;
  nanoseconds price_;
};

struct Scene {
  // With a price, each avatar costs that.
  Scene(probe::Run& its_run, int count, nanoseconds price = {}) : run(its_run) {
    loop.set_debug(true);
    loop.watchdog = false;  // this chapter's reports are enough
    loop.slow_callback_duration = 30ms;
    std::deque<exercises::Member*> members;
    for (int i = 0; i < count; ++i) {
      clients.push_back(std::make_unique<Client>(
          *this, "member " + std::to_string(i + 1),
          price.count() > 0 ? price : run.microseconds(500, 4900)));
      members.push_back(clients.back().get());
    }
    room = std::make_unique<exercises::Room>(loop, members);
    run.step("a room with {} members", count);
  }
  Scene(const Scene&) = delete;
  Scene& operator=(const Scene&) = delete;
  ~Scene() {
    if (!loop.is_closed()) loop.close();
  }

  // Some messages in one turn, and time for everything.
  void post(int messages) {
    run.step("messages that are posted in one turn: {}", messages);
    posted = loop.time();
    loop.call_soon([this, messages] {
      for (int i = 0; i < messages; ++i) room->post(run.word());
    });
    loop.call_later(60s, [this] { loop.stop(); });
    loop.run_forever();
  }
  // Each feature once, in the order in which they began.
  std::vector<std::string> features() const {
    std::vector<std::string> found;
    for (const auto& [what, line] : done) {
      const std::string feature = what.substr(0, what.find(' '));
      if (std::ranges::count(found, feature) == 0) found.push_back(feature);
    }
    return found;
  }
  std::vector<std::string> of(const std::string& feature) const {
    std::vector<std::string> found;
    for (const auto& [what, line] : done) {
      if (what.starts_with(feature)) found.push_back(line);
    }
    return found;
  }

  probe::Run& run;
  common::VirtualClock clock;
  Loop loop{clock};
  std::vector<std::unique_ptr<Client>> clients;
  std::unique_ptr<exercises::Room> room;
  std::vector<std::pair<std::string, std::string>> done;
  // How often each feature ran in which turn.
  std::map<std::string, std::map<int, int>> counts;
  std::map<int, nanoseconds> starts;  // when the first of a turn ran
  nanoseconds posted{0};
  int posts_after = 0;  // the avatar with this number posts a message
};

void Client::work(const std::string& what, nanoseconds price) {
  scene_.done.emplace_back(what, what + " for " + name_);
  ++scene_.counts[what.substr(0, what.find(' '))][scene_.loop.turn];
  scene_.starts.emplace(scene_.loop.turn, scene_.loop.time());
  scene_.clock.advance(price);
}

void Client::refresh_avatar() {
  work("refresh_avatar", price_);
  if (--scene_.posts_after == 0) scene_.room->post(scene_.run.word());
}

struct Log final : ch04::Handler {
  void emit(const ch04::LogRecord& record) override {
    std::string text = record.message;
    // Of a report, its first lines: the first place is the one that matters.
    const auto second = text.find('\n', text.find('\n') + 1);
    std::string line = text.substr(0, second);
    if (const auto at = line.find('\n'); at != line.npos) {
      lines.push_back(line.substr(0, at));
      line.erase(0, at + 1);
    }
    if (lines.size() < 6) lines.push_back(line);
  }
  std::vector<std::string> lines;
};

void nobody_is_late(probe::Run& run) {
  ch04::reset_logging();
  const auto log = std::make_shared<Log>();
  ch04::get_logger().add_handler(log);
  Scene scene(run, run.number(150, 250));
  scene.post(1);
  run.see_lines("the log of the loop", log->lines);
  log->lines.clear();
  scene.post(run.number(3, 5));
  run.see_lines("the log of the loop", log->lines);
  const auto longest = scene.loop.pulse().turns.max();
  run.see("the longest turn",
          std::chrono::nanoseconds(static_cast<std::int64_t>(longest)));
  ch04::reset_logging();
}

void all_of_it(probe::Run& run) {
  Scene scene(run, run.number(30, 40));
  scene.loop.set_debug(false);
  scene.post(2);
  run.see<bool>("avatars are refreshed in more than one turn",
                scene.counts["refresh_avatar"].size() > 1);
  for (const auto* feature : {"refresh_avatar", "deliver"}) {
    run.see_lines(std::string("every ") + feature, scene.of(feature));
  }
  run.why(
      "the five features begin in the order in which post() starts them, also "
      "the one that runs in batches");
  run.see("the features, in the order in which they begin", scene.features());
  run.why("");
  scene.done.clear();
  run.step("later");
  scene.post(1);
  run.see_lines("every refresh_avatar", scene.of("refresh_avatar"));
}

void see_batches(probe::Run& run, Scene& scene) {
  std::vector<std::string> lines;
  int first = 0;
  for (const auto& [turn, count] : scene.counts["refresh_avatar"]) {
    if (first == 0) first = turn;
    lines.push_back(fmt::format(
        "{} in turn {}, which begins {} after the post", count,
        turn - first + 1, probe::text(scene.starts.at(turn) - scene.posted)));
  }
  run.see_lines("how many avatars", lines);
}

void batches(probe::Run& run) {
  {
    Scene scene(run, run.number(30, 40));
    scene.loop.set_debug(false);
    scene.post(2);
    see_batches(run, scene);
  }
  {
    run.why(
        "when exactly 10 ms have passed, they have passed: nothing more begins "
        "in this batch");
    const nanoseconds price = 10ms / (run.coin() ? 4 : 5);
    Scene scene(run, run.number(30, 40), price);
    run.step("in which each avatar takes {}", probe::text(price));
    scene.loop.set_debug(false);
    scene.post(1);
    see_batches(run, scene);
  }
  {
    run.why(
        "whose avatar is the last one in the list may post a message: its "
        "avatars belong to the batches that are under way already");
    const int members = run.number(30, 40);
    Scene scene(run, members);
    run.step("in which the last avatar posts a message");
    scene.posts_after = members;
    scene.loop.set_debug(false);
    scene.post(1);
    see_batches(run, scene);
  }
}

void in_one_turn(probe::Run& run) {
  Scene scene(run, run.number(30, 40));
  scene.loop.set_debug(false);
  scene.post(2);
  for (const auto* feature :
       {"stop_typing", "deliver", "count_unread", "ring"}) {
    run.see(fmt::format("how often {} was called", feature),
            scene.of(feature).size());
    run.see(fmt::format("turns in which there is a {}", feature),
            scene.counts[feature].size());
  }
  run.see<bool>("avatars are refreshed in more than one",
                scene.counts["refresh_avatar"].size() > 1);
}

}  // namespace

int main(int argc, char** argv) {
  return probe::main(argc, argv,
                     {{"nobody_is_late", nobody_is_late},
                      {"all_of_it", all_of_it},
                      {"batches", batches},
                      {"in_one_turn", in_one_turn}});
}
