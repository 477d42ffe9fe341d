// The recorder, on the loops of all chapters: its output is well formed, and
// the loop runs as if there were no recorder.

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include "chapters/07_resource_warning/event_loop.hpp"
#include "common/print.hpp"
#include "common/trace/07_resource_warning.hpp"
#include "common/trace/trace.hpp"
#include "common/unique_fd.hpp"
#include "tests/catch.hpp"
#include "tests/pieces/loops.hpp"

using namespace std::chrono_literals;

namespace {

namespace fs = std::filesystem;
using common::json_string;
using common::Trace;
using common::TraceArgs;
using Texts = std::vector<std::string>;

// --- Reading a trace ---------------------------------------------------------

// As much JSON as a trace has: values are kept as they are written, texts
// without quotes and escapes. Throws std::runtime_error.
class Json {
 public:
  using Object = std::map<std::string, std::string>;

  static Object object(std::string_view text) {
    Json json(text);
    Object result = json.read_object();
    if (json.at_ != text.size()) json.fail("something follows");
    return result;
  }

 private:
  explicit Json(std::string_view text) : text_(text) {}

  [[noreturn]] void fail(const std::string& why) const {
    throw std::runtime_error(why + " at " + std::to_string(at_) + ": " +
                             std::string(text_));
  }
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  void expect(char c) {
    if (peek() != c) fail(std::string("no ") + c);
    ++at_;
  }

  Object read_object() {
    Object result;
    expect('{');
    while (peek() != '}') {
      if (!result.empty()) expect(',');
      const std::string key = read_text();
      expect(':');
      if (!result.emplace(key, read_value()).second) fail("twice: " + key);
    }
    expect('}');
    return result;
  }

  std::string read_value() {
    if (peek() == '"') return read_text();
    const std::size_t start = at_;
    if (peek() == '{') {
      read_object();
    } else if (peek() == '[') {
      at_ = text_.find(']', at_);
      if (at_ == std::string_view::npos) fail("no ]");
      ++at_;
    } else {
      at_ = std::min(text_.find_first_of(",}", at_), text_.size());
    }
    const std::string value(text_.substr(start, at_ - start));
    const bool is_number =
        !value.empty() &&
        value.find_first_not_of("-0123456789.") == std::string::npos;
    if (!is_number && value != "true" && value != "false" &&
        value.find_first_of("[{") != 0) {
      fail("no value");
    }
    return value;
  }

  std::string read_text() {
    expect('"');
    std::string result;
    while (peek() != '"') {
      const char c = peek();
      if (static_cast<unsigned char>(c) < 0x20) fail("control character");
      ++at_;
      if (c != '\\') {
        result += c;
      } else if (peek() == 'u') {
        const auto code =
            std::stoul(std::string(text_.substr(at_ + 1, 4)), nullptr, 16);
        result += code < 0x80 ? std::string(1, static_cast<char>(code))
                              : std::string("\xef\xbf\xbd");
        at_ += 5;
      } else {
        result += peek() == 'n' ? '\n' : peek();
        ++at_;
      }
    }
    expect('"');
    return result;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

struct Event {
  Json::Object fields;
  Json::Object args;

  std::string operator[](const std::string& key) const {
    const auto field = fields.find(key);
    return field == fields.end() ? "" : field->second;
  }
  std::string arg(const std::string& key) const {
    const auto value = args.find(key);
    return value == args.end() ? "" : value->second;
  }
  // "B run work()"
  std::string text() const {
    return (*this)["ph"] + " " + (*this)["cat"] + " " + (*this)["name"];
  }
};
using Events = std::vector<Event>;

Texts lines_of(const fs::path& file) {
  std::ifstream stream(file);
  Texts lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

Event event_of(std::string line) {
  if (line.ends_with(',')) line.pop_back();
  Event event{Json::object(line), {}};
  if (const auto args = event["args"]; !args.empty()) {
    event.args = Json::object(args);
  }
  return event;
}

Events events_of(const fs::path& file) {
  const Texts lines = lines_of(file);
  REQUIRE(lines.size() >= 2);
  CHECK(lines.front() == "[");
  CHECK(lines.back() == "]");
  Events events;
  for (std::size_t i = 1; i + 1 < lines.size(); ++i) {
    CHECK(lines[i].starts_with("{\"ts\":"));
    CHECK(lines[i].ends_with(',') == (i + 2 < lines.size()));
    events.push_back(event_of(lines[i]));
  }
  return events;
}

// Describes what is wrong with a trace.
class Checker {
 public:
  static Texts problems(const Events& events) {
    Checker checker;
    for (const Event& event : events) checker.look_at(event);
    for (const auto& [thread, spans] : checker.spans_) {
      for (const auto& name : spans) checker.problem("never ended", name);
    }
    for (const auto& name : checker.open_) checker.problem("left open", name);
    for (const auto& handle : checker.ready_) {
      checker.problem("never ran", handle);
    }
    return checker.problems_;
  }

 private:
  void problem(const std::string& what, const std::string& where) {
    problems_.push_back(what + ": " + where);
  }

  void look_at(const Event& event) {
    const std::string text = event.text();
    for (const char* key : {"ts", "ph", "pid", "tid", "cat", "name"}) {
      if (event.fields.count(key) == 0) problem("no " + std::string(key), text);
    }
    const double time = std::stod(event["ts"]);
    if (time < time_) problem("time goes back", text);
    time_ = time;
    const std::string id =
        event["cat"] + " " + event["id"] + " " + event["name"];
    follow_queue(event);
    Texts& spans = spans_[event["tid"]];
    switch (event["ph"][0]) {
      case 'B':
        spans.push_back(event["name"]);
        break;
      case 'E':
        if (spans.empty() || spans.back() != event["name"]) {
          problem("ends another span", text);
        } else {
          spans.pop_back();
        }
        break;
      case 'b':
        if (!open_.insert(id).second) problem("begins twice", id);
        break;
      case 'n':
        if (open_.count(id) == 0) problem("is not open", id);
        break;
      case 'e':
        if (open_.erase(id) == 0) problem("is not open", id);
        break;
      case 's':
        arrows_.insert(id);
        break;
      case 'f':
        if (arrows_.erase(id) == 0) problem("no arrow begins", id);
        if (event["bp"] != "e") problem("no bp", text);
        break;
      case 'i':
        if (event["s"] != "t") problem("no scope", text);
        break;
      case 'M':
        break;
      default:
        problem("unknown phase", text);
    }
  }

  // The ready queue, as a reader of the trace sees it: first in, first out.
  void follow_queue(const Event& event) {
    const std::string text = event.text();
    if (text == "i ready call_soon") ready_.push_back(event.arg("handle"));
    if (event["cat"] == "timer" && event.arg("fired") == "true") {
      ready_.push_back(event["id"]);
    }
    if (text == "i ready cancel" &&
        std::erase(ready_, event.arg("handle")) != 1) {
      problem("was not ready", text);
    }
    if (event["ph"] == "B" && event["cat"] == "run") {
      if (ready_.empty() || ready_.front() != event.arg("handle")) {
        problem("was not the next", text);
      } else {
        ready_.erase(ready_.begin());
      }
    }
  }

  double time_ = 0;
  std::map<std::string, Texts> spans_;
  std::set<std::string> open_;
  std::set<std::string> arrows_;
  Texts ready_;
  Texts problems_;
};

// A folder that is deleted after the test.
class Folder {
 public:
  Folder() {
    std::string name = fs::temp_directory_path() / "trace-test-XXXXXX";
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { fs::remove_all(path_); }
  fs::path file() const { return path_ / "run.json"; }

 private:
  fs::path path_;
};

// The texts of the events that `wanted` picks.
Texts texts(const Events& events,
            const std::function<bool(const Event&)>& wanted) {
  Texts result;
  for (const Event& event : events) {
    if (wanted(event)) result.push_back(event.text());
  }
  return result;
}

auto in_category(const std::string& category) {
  return [category](const Event& event) { return event["cat"] == category; };
}

// --- Programs ----------------------------------------------------------------

// Callbacks of every kind, which note the order in which they run.
void callbacks(ch02::EventLoop& loop, Texts& order) {
  const auto note = [&order](std::string text) {
    return [&order, text] { order.push_back(text); };
  };
  auto pipe = common::make_pipe();
  auto [here, there] = common::make_socket_pair();
  loop.call_soon(note("first"));
  const auto unwanted = loop.call_soon(note("cancelled before its turn"));
  loop.call_soon([&] {
    order.push_back("second");
    loop.call_soon(note("third"));
    unwanted->cancel();
  });
  unwanted->cancel();
  loop.call_later(3ms, note("timer of 3"));
  loop.call_later(1ms, note("timer of 1"));
  const auto late = loop.call_later(2ms, note("cancelled in time"));
  loop.call_later(1ms, [&] {
    order.push_back("another timer of 1");
    late->cancel();
  });
  const auto sibling = loop.call_at(loop.time() + 3ms, note("too late"));
  loop.call_at(loop.time() + 3ms, [sibling] { sibling->cancel(); });
  loop.call_soon(
      [] { throw std::runtime_error("coffee \"on\"\tthe keyboard"); });
  CHECK_THROWS(loop.add_reader(-1, [] {}));
  loop.add_reader(pipe.read.get(), note("replaced"));
  loop.add_reader(pipe.read.get(), [&] {
    order.push_back("reader");
    loop.remove_reader(pipe.read.get());
    // Everything is posted before the loop looks again, so the order is
    // certain.
    std::thread helper([&] {
      for (int i = 0; i < 3; ++i) loop.call_soon_threadsafe(note("posted"));
      loop.call_soon_threadsafe([&] { loop.stop(); });
    });
    helper.join();
  });
  int written = 0;
  loop.add_writer(here.get(), [&] {
    order.push_back("writer");
    if (++written == 2) loop.remove_writer(here.get());
  });
  loop.call_later(4ms,
                  [&] { REQUIRE(::write(pipe.write.get(), "x", 1) == 1); });
  loop.run_forever();
  // These are left when the loop goes.
  loop.call_soon(note("never"));
  loop.call_later(1h, note("never"));
  loop.add_reader(there.get(), note("never"));
  loop.remove_reader(there.get());
  loop.add_reader(here.get(), note("never"));
}

ch03::Coroutine<int> waits(Texts& order, std::string name,
                           std::chrono::nanoseconds delay) {
  order.push_back(name + " starts");
  co_await ch03::sleep(delay);
  order.push_back(name + " ends");
  co_return 1;
}

ch03::Coroutine<> fails(Texts& order) {
  co_await ch03::sleep(0s);
  order.push_back("fails");
  throw std::runtime_error("no coffee left");
}

ch03::Coroutine<> for_ever(ch03::Future<> future) { co_await future; }

ch03::Coroutine<> all_of_it(ch03::EventLoop& loop, Texts& order) {
  co_await waits(order, "inline", 1ms);
  co_await ch03::gather(waits(order, "left", 2ms), waits(order, "right", 1ms));
  const auto failing = ch03::create_task(fails(order));
  try {
    co_await failing;
  } catch (const std::runtime_error& error) {
    order.push_back(error.what());
  }
  const auto never = ch03::create_task(waits(order, "never starts", 1h));
  never.cancel();
  const auto slept = ch03::create_task(waits(order, "sleeper", 1h));
  co_await ch03::sleep(0s);
  slept.cancel();
  const std::vector<ch03::Task<int>> both = {never, slept};
  co_await ch03::gather_outcomes(both);
  try {
    co_await ch03::wait_for(waits(order, "slow", 1h), 1ms);
  } catch (const ch03::TimeoutError&) {
    order.push_back("timeout");
  }
  static_cast<void>(
      loop.create_task(for_ever(loop.create_future())));  // not held
  co_await ch03::sleep(0s);
  const auto inner = ch03::create_task(waits(order, "shielded", 1ms));
  co_await ch03::shield(inner);
  const auto future = loop.create_future<int>();
  loop.call_soon([future] { future.set_result(42); });
  order.push_back(std::to_string(co_await future));
}

void tasks(ch03::EventLoop& loop, Texts& order) {
  loop.run_until_complete(all_of_it(loop, order));
  static_cast<void>(  // Left when the loop goes: one that waits, one that has
                      // not begun.
      loop.create_task(waits(order, "asleep", 1h)));  // its timer keeps it
  loop.call_soon([&] { loop.stop(); });
  loop.run_forever();
  static_cast<void>(
      loop.create_task(for_ever(loop.create_future()), "not begun"));
}

enum class End { closed, destroyed };

// The order in which both programs ran on one loop.
Texts run_both(ch02::EventLoop& loop, End end) {
  Texts order;
  callbacks(loop, order);
  if (auto* const with_tasks = dynamic_cast<ch03::EventLoop*>(&loop)) {
    tasks(*with_tasks, order);
  }
  if (end == End::closed) loop.close();
  return order;
}

template <class Loop>
Texts run_plain(common::Clock& clock, End end) {
  const ch07::CatchWarnings quiet(ch07::Record::yes);
  loops::StandardError err;
  Loop loop(clock);
  return run_both(loop, end);
}

template <class Loop>
Texts run_recorded(common::Clock& clock, Trace* trace, End end) {
  const ch07::CatchWarnings quiet(ch07::Record::yes);
  loops::StandardError err;
  common::Recorded<Loop> loop(clock, trace);
  return run_both(loop, end);
}

// The loop of one chapter.
struct Kind {
  std::string name;
  bool has_tasks;
  bool warns;
  Texts (*run_plain)(common::Clock&, End);
  Texts (*run_recorded)(common::Clock&, Trace*, End);
};

std::vector<Kind> kinds() {
  std::vector<Kind> result;
  loops::for_each<loops::All>([&]<class Loop>(std::type_identity<Loop>) {
    result.push_back({"ch" + loops::number<Loop>(),
                      std::is_base_of_v<ch03::EventLoop, Loop>,
                      std::is_base_of_v<ch07::EventLoop, Loop>, run_plain<Loop>,
                      run_recorded<Loop>});
  });
  return result;
}

}  // namespace

// --- Every loop --------------------------------------------------------------

TEST_CASE("a trace of everything is well formed") {
  const Kind kind = GENERATE(from_range(kinds()));
  INFO(kind.name);
  const auto end = GENERATE(End::closed, End::destroyed);
  common::VirtualClock plain_clock;
  const Texts plain = kind.run_plain(plain_clock, end);
  REQUIRE(plain.size() > 10);

  common::VirtualClock quiet_clock;
  CHECK(kind.run_recorded(quiet_clock, nullptr, end) == plain);

  const Folder folder;
  Texts traced;
  {
    common::VirtualClock clock;
    Trace trace(folder.file(), clock, "test");
    traced = kind.run_recorded(clock, &trace, end);
  }
  CHECK(traced == plain);
  const Events events = events_of(folder.file());
  CHECK(Checker::problems(events) == Texts());

  // Every kind of event is there.
  std::set<std::string> seen;
  for (const Event& event : events) seen.insert(event["ph"] + event["cat"]);
  std::set<std::string> wanted = {
      "Bloop", "Eloop", "Bselect", "Eselect", "iselect", "iready", "shandle",
      "Brun",  "Erun",  "fhandle", "btimer",  "etimer",  "ilog"};
  if (kind.has_tasks) {
    wanted.insert({"btask", "ntask", "etask"});
  }
  if (kind.warns) {
    seen.erase("iwarning");  // ignored, or not
  }
  for (const auto& event : wanted) {
    INFO(event);
    CHECK(seen.count(event) == 1);
  }
}

TEST_CASE("on a real clock, too") {
  const Kind kind = GENERATE(from_range(kinds()));
  INFO(kind.name);
  const Folder folder;
  {
    Trace trace(folder.file(), common::system_clock(), "test");
    kind.run_recorded(common::system_clock(), &trace, End::closed);
  }
  CHECK(Checker::problems(events_of(folder.file())) == Texts());
}

TEST_CASE("two runs in virtual time are the same bytes") {
  const Kind kind = GENERATE(from_range(kinds()));
  INFO(kind.name);
  const Folder folder;
  Texts first;
  for (int run = 0; run < 2; ++run) {
    {
      common::VirtualClock clock;
      Trace trace(folder.file(), clock, "test");
      kind.run_recorded(clock, &trace, End::destroyed);
    }
    Texts lines = lines_of(folder.file());
    // Tasks are numbered from the start of the program.
    std::erase_if(lines, [](const auto& line) {
      return line.find("\"Task-") != std::string::npos ||
             line.find("'Task-") != std::string::npos;
    });
    if (run == 0) first = lines;
    CHECK(lines == first);
  }
}

// --- What the events say -----------------------------------------------------

TEST_CASE("timers are fired in the queue's order, or cancelled") {
  const Folder folder;
  {
    common::VirtualClock clock;
    Trace trace(folder.file(), clock, "test");
    common::Recorded<ch02::EventLoop> loop(clock, &trace);
    loop.call_later(20ms, ch02::named("b", [&] { loop.stop(); }));
    loop.call_later(10ms, ch02::named("a", [&] { clock.sleep(50ms); }));
    loop.call_later(15ms, ch02::named("c", [] {}));
    loop.call_later(1ms, ch02::named("d", [] {}))->cancel();
    loop.run_forever();
  }
  const Events events = events_of(folder.file());
  Texts timers;
  for (const Event& event : events) {
    if (event["cat"] != "timer") continue;
    timers.push_back(event["ts"] + " " + event.text() + " " +
                     (event.arg("fired") == "true" ? "fired" : "") +
                     (event.arg("cancelled") == "true" ? "cancelled" : "") +
                     event.arg("when"));
  }
  CHECK(timers ==
        Texts{"0.000 b timer b() 20000.000", "0.000 b timer a() 10000.000",
              "0.000 b timer c() 15000.000", "0.000 b timer d() 1000.000",
              "0.000 e timer d() cancelled", "10000.000 e timer a() fired",
              "60000.000 e timer c() fired", "60000.000 e timer b() fired"});
}

TEST_CASE("an iteration holds one select and what it made run") {
  const Folder folder;
  {
    common::VirtualClock clock;
    Trace trace(folder.file(), clock, "test");
    common::Recorded<ch02::EventLoop> loop(clock, &trace);
    loop.call_soon(ch02::named("work", [&] {
      clock.sleep(5ms);
      loop.stop();
    }));
    loop.run_forever();
    clock.sleep(1s);
    loop.close();
  }
  const auto spans = texts(events_of(folder.file()), [](const Event& event) {
    return event["ph"] == "B" || event["ph"] == "E";
  });
  CHECK(spans == Texts{"B loop iteration", "B select select", "E select select",
                       "B run work()", "E run work()", "E loop iteration"});
  for (const Event& event : events_of(folder.file())) {
    // Not the time at which its end was noticed.
    if (event.text() == "E loop iteration") CHECK(event["ts"] == "5000.000");
  }
}

TEST_CASE("an object has a number of its own, though addresses come again") {
  const Folder folder;
  constexpr int kHandles = 50;
  {
    common::VirtualClock clock;
    Trace trace(folder.file(), clock, "test");
    common::Recorded<ch02::EventLoop> loop(clock, &trace);
    for (int i = 0; i < kHandles; ++i) {
      loop.call_soon([] {});
      loop.stop();
      loop.run_forever();
    }
  }
  std::set<std::string> handles;
  for (const Event& event : events_of(folder.file())) {
    if (event.text() == "i ready call_soon") {
      handles.insert(event.arg("handle"));
    }
  }
  CHECK(handles.size() == kHandles);
}

TEST_CASE("the life of two tasks") {
  const Folder folder;
  {
    const ch07::CatchWarnings quiet(ch07::Record::yes);
    common::VirtualClock clock;
    Trace trace(folder.file(), clock, "test");
    std::optional<ch03::Task<int>> kept;  // it outlives the loop
    common::Recorded<ch07::EventLoop> loop(clock, &trace);
    Texts order;
    const auto inner = loop.create_task(waits(order, "inner", 1ms), "inner");
    kept = inner;
    const auto outer = [](ch03::Task<int> task) -> ch03::Coroutine<> {
      co_await ch03::sleep(0s);
      co_await task;
      throw std::runtime_error("on purpose");
    };
    CHECK_THROWS(loop.run_until_complete(outer(inner)));
    loop.close();
  }
  const Events events = events_of(folder.file());
  const auto life = [&](const std::string& name) {
    Texts states;
    for (const Event& event : events) {
      if (event["cat"] != "task" || event["name"] != name) continue;
      std::string text = event["ph"] + " " + event.arg("state");
      for (const char* key : {"name", "on", "by"}) {
        if (!event.arg(key).empty()) text += " " + event.arg(key);
      }
      states.push_back(text);
    }
    return states;
  };
  CHECK(life("waits()") == Texts{"b  inner", "n running", "n waiting sleep",
                                 "n woken sleep", "n running", "e finished"});
  Texts outer;
  for (const Event& event : events) {
    if (event["cat"] == "task" && event["name"] != "waits()") {
      outer.push_back(event["ph"] + " " + event.arg("state"));
    }
    if (event.arg("on") == "waits()") {
      CHECK(event.arg("on_id") == "1");
    }
  }
  CHECK(outer == Texts{"b ", "n running", "n yielding", "n running",
                       "n waiting", "n woken", "n running", "e failed"});
}

TEST_CASE("a loop with a stopwatch tells what is slow, in debug mode") {
  const auto debug = GENERATE(true, false);
  const Folder folder;
  {
    loops::StandardError err;
    common::VirtualClock clock;
    Trace trace(folder.file(), clock, "test");
    common::Recorded<ch06::EventLoop> loop(clock, &trace);
    loop.set_debug(debug);
    loop.slow_callback_duration = 10ms;
    loop.call_soon(ch02::named("quick", [&] { clock.sleep(9ms); }));
    loop.call_soon(ch02::named("slow", [&] { clock.sleep(10ms); }));
    loop.stop();
    loop.run_forever();
    loop.close();
  }
  Texts slow;
  for (const Event& event : events_of(folder.file())) {
    if (event["ph"] == "E" && event["cat"] == "run") {
      slow.push_back(event["name"] + " " + event.arg("slow"));
    }
  }
  CHECK(slow == (debug ? Texts{"quick() false", "slow() true"}
                       : Texts{"quick() ", "slow() "}));
}

TEST_CASE("logs and warnings are heard once, from the first to the last word") {
  const Folder folder;
  const ch07::CatchWarnings quiet(ch07::Record::yes);
  ch07::simplefilter("always");
  ch04::reset_logging();
  ch04::get_logger().set_level(ch04::DEBUG);
  {
    loops::StandardError err;
    common::VirtualClock clock;
    Trace trace(folder.file(), clock, "test");
    common::Recorded<ch07::EventLoop> first(clock, &trace);
    const common::Recorded<ch07::EventLoop> second(clock, &trace);
    ch04::get_logger("kitchen").warning("{} cups", 2);
    first.call_soon(
        ch02::named("spill", [] { throw std::runtime_error("coffee"); }));
    first.stop();
    first.run_forever();
    first.close();
    // The recorder is no handler: the last resort took them.
    CHECK(err.text().find("2 cups\n") == 0);
  }
  {
    const loops::StandardError err;
    ch04::get_logger("kitchen").warning("nobody listens any more");
  }
  ch04::reset_logging();
  Texts lines;
  for (const Event& event : events_of(folder.file())) {
    if (event["cat"] != "log" && event["cat"] != "warning") continue;
    lines.push_back(event.arg("level") + " " + event.arg("logger") +
                    event.arg("category") + " " +
                    event["name"].substr(0, event["name"].find('\n')));
  }
  const std::string selector(ch01::default_selector()->name());
  REQUIRE(lines.size() == 5);
  CHECK(lines[0] == "DEBUG asyncio Using selector: " + selector);
  CHECK(lines[1] == lines[0]);
  CHECK(lines[2] == "WARNING kitchen 2 cups");
  CHECK(lines[3].starts_with("ERROR asyncio Exception in callback spill()"));
  CHECK(lines[4].starts_with("WARNING ResourceWarning unclosed event loop"));
}

TEST_CASE("warnings are heard and shown, as the program wants it") {
  const Folder folder;
  const ch07::CatchWarnings guard;
  ch07::simplefilter("always");
  std::optional<loops::StandardError> err(std::in_place);
  Texts shown;
  const auto show = [&](const ch07::WarningMessage& message) {
    shown.push_back(message.text);
  };
  {
    common::VirtualClock clock;
    Trace trace(folder.file(), clock, "test");
    {
      common::Recorded<ch07::EventLoop> loop(clock, &trace);
      ch07::warn("1");
      loop.close();
    }
    ch07::warn("2");
    CHECK_FALSE(ch07::get_showwarning());
    ch07::set_showwarning(show);
    {
      common::Recorded<ch07::EventLoop> loop(clock, &trace);
      ch07::warn("3");
      loop.close();
    }
    ch07::warn("4");
    {
      common::Recorded<ch07::EventLoop> loop(clock, &trace);
      ch07::set_showwarning(show);
      loop.close();
    }
    ch07::warn("5");
  }
  const std::string text = err->text();
  err.reset();
  CHECK(text.find("UserWarning: 1\n") != std::string::npos);
  CHECK(text.find("UserWarning: 2\n") != std::string::npos);
  CHECK(shown == Texts{"3", "4", "5"});
  Texts heard;
  for (const Event& event : events_of(folder.file())) {
    if (event["cat"] == "warning") heard.push_back(event["name"]);
  }
  CHECK(heard == Texts{"1", "3"});
}

TEST_CASE("without logging, an error is a line of level ERROR") {
  const Folder folder;
  {
    loops::StandardError err;
    common::VirtualClock clock;
    Trace trace(folder.file(), clock, "test");
    common::Recorded<ch03::EventLoop> loop(clock, &trace);
    loop.call_soon(
        ch02::named("spill", [] { throw std::runtime_error("coffee"); }));
    loop.stop();
    loop.run_forever();
    CHECK(err.text().find("std::runtime_error: coffee") != std::string::npos);
  }
  const Events events = events_of(folder.file());
  const auto error = std::ranges::find_if(events, in_category("log"));
  REQUIRE(error != events.end());
  CHECK(error->arg("level") == "ERROR");
  CHECK((*error)["name"].starts_with("Exception in callback spill()"));
  CHECK((*error)["name"].ends_with("\nstd::runtime_error: coffee"));
  CHECK(error->arg("loc").starts_with("00_trace_test.cpp:"));
}

TEST_CASE("a loop may run on another thread than the one that made it") {
  const Folder folder;
  {
    common::VirtualClock clock;
    Trace trace(folder.file(), clock, "test");
    common::Recorded<ch02::EventLoop> loop(clock, &trace);
    loop.call_later(5ms, [&] { loop.stop(); });
    std::thread thread([&] { loop.run_forever(); });
    thread.join();
    loop.close();
  }
  const Events events = events_of(folder.file());
  CHECK(Checker::problems(events) == Texts());
  std::set<std::string> threads;
  std::string end;
  for (const Event& event : events) {
    if (event["cat"] == "loop") threads.insert(event["tid"]);
    if (event.text() == "E loop iteration") end = event["ts"];
  }
  CHECK(threads == std::set<std::string>{"2"});
  CHECK(end == "5000.000");
}

TEST_CASE("what another thread writes is not mixed with what the loop did") {
  const Folder folder;
  {
    common::VirtualClock clock;
    Trace trace(folder.file(), clock, "test");
    common::Recorded<ch02::EventLoop> loop(clock, &trace);
    loop.call_soon([&] {
      clock.sleep(1ms);
      loop.call_soon(ch02::named("next", [&] { loop.stop(); }));
      std::thread thread([&] { trace.event({'i', "log", "hello"}); });
      thread.join();
    });
    loop.run_forever();
  }
  const Events events = events_of(folder.file());
  CHECK(Checker::problems(events) == Texts());
  for (const Event& event : events) {
    INFO(event.text());
    const bool is_hello = event["name"] == "hello";
    // The virtual clock is the loop's: other threads get the last event's time.
    if (is_hello) CHECK(event["ts"] == "0.000");
    if (event["ph"] != "M") CHECK(event["tid"] == (is_hello ? "2" : "1"));
  }
}

// --- The file ----------------------------------------------------------------

TEST_CASE("texts are escaped") {
  CHECK(json_string("plain") == "\"plain\"");
  CHECK(json_string("a \"b\" \\ c") == R"("a \"b\" \\ c")");
  CHECK(json_string("\n\t\x01\x7f") == R"("\n\u0009\u0001\u007f")");
  CHECK(json_string(std::string_view("\0", 1)) == R"("\u0000")");
  CHECK(json_string("caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x8d\xb5") ==
        "\"caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x8d\xb5\"");
  // Not UTF-8: cut off, too long, a surrogate, beyond the last character.
  CHECK(json_string("\xc3") == R"("\ufffd")");
  CHECK(json_string("\xff!") == R"("\ufffd!")");
  CHECK(json_string("\xc0\xaf") == R"("\ufffd\ufffd")");
  CHECK(json_string("\xed\xa0\x80") == R"("\ufffd\ufffd\ufffd")");
  CHECK(json_string("\xf4\x90\x80\x80") == R"("\ufffd\ufffd\ufffd\ufffd")");
  CHECK(json_string("\xe2\x82") == R"("\ufffd\ufffd")");
  CHECK(json_string("\xf0\x9f!\xb5") == R"("\ufffd\ufffd!\ufffd")");
  CHECK(json_string("\xf0\x8f\xbf\xbf") == R"("\ufffd\ufffd\ufffd\ufffd")");
  CHECK(json_string("\xf1\x80\x80\x80") == "\"\xf1\x80\x80\x80\"");

  const Folder folder;
  const std::string name = "a \"quoted\"\n\x1b[31m\\ name";
  {
    common::VirtualClock clock;
    Trace trace(folder.file(), clock, "test");
    trace.event({'i', "log", name, TraceArgs().text("level", "\t\"")});
  }
  const Events events = events_of(folder.file());
  CHECK(events.back()["name"] == name);
  CHECK(events.back().arg("level") == "\t\"");
}

TEST_CASE("without a trace nothing is written") {
  const Folder folder;
  common::VirtualClock clock;
  CHECK(Trace::active() == nullptr);
  {
    common::Recorded<ch02::EventLoop> loop(clock, nullptr);
    loop.call_soon([&] { loop.stop(); });
    loop.run_forever();
  }
  CHECK_FALSE(fs::exists(folder.file()));
  CHECK_FALSE(common::take_trace_error());
}

TEST_CASE("a trace contains the lines that are printed meanwhile") {
  const Folder folder;
  std::fflush(stdout);
  const int saved = ::dup(STDOUT_FILENO);
  std::FILE* const out = std::tmpfile();
  REQUIRE(out != nullptr);
  ::dup2(::fileno(out), STDOUT_FILENO);
  {
    common::VirtualClock clock;
    Trace trace(folder.file(), clock, "test");
    common::print("{} of {}", 1, 2);
  }
  common::print("untraced");
  std::fflush(stdout);
  ::dup2(saved, STDOUT_FILENO);
  ::close(saved);
  std::rewind(out);
  char text[64] = {};
  const auto size = std::fread(text, 1, sizeof text - 1, out);
  std::fclose(out);
  CHECK(std::string(text, size) == "1 of 2\nuntraced\n");
  const Events events = events_of(folder.file());
  CHECK(events.back()["name"] == "1 of 2");
  CHECK(events.back().arg("level") == "PRINT");
  CHECK(events.back().arg("loc").starts_with("00_trace_test.cpp:"));
}

TEST_CASE("the program's descriptors have the same numbers") {
  const auto next_descriptors = [] {
    std::vector<common::UniqueFd> fds;
    std::vector<int> numbers;
    for (int i = 0; i < 3; ++i) {
      fds.emplace_back(::dup(STDERR_FILENO));
      numbers.push_back(fds.back().get());
    }
    return numbers;
  };
  const auto before = next_descriptors();
  const Folder folder;
  common::VirtualClock clock;
  const Trace trace(folder.file(), clock, "test");
  CHECK(next_descriptors() == before);
}

TEST_CASE("threads write whole lines") {
  const Folder folder;
  constexpr int kThreads = 4;
  constexpr int kLines = 100;
  {
    common::VirtualClock clock;
    Trace trace(folder.file(), clock, "test");
    std::vector<std::thread> threads;
    for (int i = 0; i < kThreads; ++i) {
      threads.emplace_back([&trace] {
        for (int line = 0; line < kLines; ++line) {
          trace.event({'i', "log", "line", TraceArgs().number("n", line)});
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
  }
  const Events events = events_of(folder.file());
  CHECK(Checker::problems(events) == Texts());
  std::map<std::string, int> lines;
  for (const Event& event : events) {
    if (event["cat"] == "log") ++lines[event["tid"]];
  }
  CHECK(lines.size() == kThreads);
  for (const auto& [thread, count] : lines) CHECK(count == kLines);
}

TEST_CASE("a program that is killed leaves what it has done") {
  const Folder folder;
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    common::VirtualClock clock;
    Trace trace(folder.file(), clock, "test");
    common::Recorded<ch02::EventLoop> loop(clock, &trace);
    loop.call_soon(ch02::named("last", [] { ::kill(::getpid(), SIGKILL); }));
    loop.run_forever();
    ::_exit(0);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(WIFSIGNALED(status));
  const Texts lines = lines_of(folder.file());
  REQUIRE(lines.size() > 3);
  CHECK(lines.front() == "[");
  std::string last;
  for (std::size_t i = 1; i < lines.size(); ++i) {
    last = event_of(lines[i]).text();  // throws if it is cut
  }
  CHECK(last == "f handle last()");
}

TEST_CASE("a file that cannot be opened is an error at once") {
  common::VirtualClock clock;
  const auto refused = loops::refusal<std::system_error>(
      [&] { const Trace trace("/no/such/folder/run.json", clock, "test"); });
  CHECK(refused ==
        "open('/no/such/folder/run.json'): No such file or directory");
  CHECK(Trace::active() == nullptr);
}

#ifdef __linux__
TEST_CASE("a disk that is full is an error at the end") {
  common::VirtualClock clock;
  {
    Trace trace("/dev/full", clock, "test");
    common::Recorded<ch02::EventLoop> loop(clock, &trace);
    bool ran = false;
    loop.call_soon([&] {
      ran = true;
      loop.stop();
    });
    loop.run_forever();
    CHECK(ran);
  }
  CHECK(common::take_trace_error() ==
        "write('/dev/full'): No space left on device");
  CHECK_FALSE(common::take_trace_error());
}
#endif
