// Chapter 4: loggers, handlers and formats. The tests that begin with the name
// of a case compare with the output of CPython for that program.

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <future>
#include <new>
#include <sstream>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "chapters/04_logging/basic_config.hpp"
#include "chapters/04_logging/event_loop.hpp"
#include "common/print.hpp"
#include "tests/catch.hpp"
#include "tests/pieces/child.hpp"
#include "tests/pieces/count.hpp"
#include "tests/pieces/loops.hpp"

using namespace ch04;

namespace {

using Loops = loops::From<ch04::EventLoop>;

// Counts how often it is formatted.
struct Counted {
  int* times;
};
// Cannot be formatted.
struct Broken {};
// Logs while it is formatted.
struct Talkative {};
// Logs itself while it is formatted.
struct Vain {};
void log_vain();
// fmt takes it for a number, but it cannot become one.
enum class Bean { arabica };
int format_as(Bean) { throw std::runtime_error("no number for it"); }

}  // namespace

template <>
struct fmt::formatter<Counted> : fmt::formatter<int> {
  template <class Context>
  auto format(const Counted& counted, Context& context) const {
    ++*counted.times;
    return fmt::format_to(context.out(), "counted");
  }
};

template <>
struct fmt::formatter<Broken> : fmt::formatter<int> {
  template <class Context>
  auto format(const Broken&, Context& context) const {
    throw std::runtime_error("no words for it");
    return context.out();
  }
};

template <>
struct fmt::formatter<Talkative> : fmt::formatter<int> {
  template <class Context>
  auto format(const Talkative&, Context& context) const {
    get_logger("reentrant.argument").warning("from an argument");
    return fmt::format_to(context.out(), "talk");
  }
};

template <>
struct fmt::formatter<Vain> : fmt::formatter<int> {
  template <class Context>
  auto format(const Vain&, Context& context) const {
    log_vain();
    return fmt::format_to(context.out(), "vain");
  }
};

namespace {

void log_vain() { get_logger("vain").warning("{}", Vain()); }

// A stream that can be read back.
class Stream {
 public:
  Stream() : file_(std::tmpfile()) { REQUIRE(file_ != nullptr); }
  ~Stream() { std::fclose(file_); }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  std::FILE* file() const { return file_; }
  std::string text() const {
    std::fflush(file_);
    std::string text;
    char buffer[4096];
    ::off_t at = 0;
    while (true) {
      const auto count = ::pread(::fileno(file_), buffer, sizeof buffer, at);
      if (count <= 0) return text;
      text.append(buffer, static_cast<std::size_t>(count));
      at += count;
    }
  }

 private:
  std::FILE* file_;
};

// Captures standard error (or output) while it lives.
class Stderr {
 public:
  explicit Stderr(int fd = STDERR_FILENO) : fd_(fd), saved_(::dup(fd)) {
    std::fflush(nullptr);
    ::dup2(::fileno(stream_.file()), fd);
  }
  ~Stderr() {
    std::fflush(nullptr);
    ::dup2(saved_, fd_);
    ::close(saved_);
  }
  Stderr(const Stderr&) = delete;
  Stderr& operator=(const Stderr&) = delete;

  std::string text() const { return stream_.text(); }

 private:
  Stream stream_;
  int fd_;
  int saved_;
};

struct Directory {
  Directory() {
    std::string name =
        (std::filesystem::temp_directory_path() / "logging.XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path = name;
  }
  ~Directory() { std::filesystem::remove_all(path); }
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;

  std::filesystem::path path;
};

// Tests begin and end with nothing configured.
struct Fresh {
  Fresh() { reset_logging(); }
  ~Fresh() { reset_logging(); }
  Fresh(const Fresh&) = delete;
  Fresh& operator=(const Fresh&) = delete;
};

// Keeps the records; emit() also does what the test wants.
class Recorder : public Handler {
 public:
  std::vector<LogRecord> records;
  std::function<void(const LogRecord&)> on_emit;

  using Handler::format;

 protected:
  void emit(const LogRecord& record) override {
    records.push_back(record);
    if (on_emit) on_emit(record);
  }
};

std::shared_ptr<Recorder> record(Logger& logger) {
  auto recorder = std::make_shared<Recorder>();
  logger.add_handler(recorder);
  return recorder;
}

std::string read(const std::filesystem::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

const std::string kTooDeep =
    "--- Logging error ---\nstd::runtime_error: maximum recursion depth "
    "exceeded while logging\n";

LogRecord sample() {
  LogRecord record;
  record.name = "app";
  record.level = WARNING;
  record.message = "héllo";
  record.thread_name = "Thread-7";
  return record;
}

std::string formatted(std::string_view format) {
  return Formatter(format).format(sample());
}

std::exception_ptr error(const char* what) {
  return std::make_exception_ptr(std::runtime_error(what));
}

const unsigned inside_line = std::source_location::current().line() + 1;
void inside() { get_logger("n").warning("hello '{}'", "w"); }

template <class Function>
std::string refusal(Function function) {
  try {
    function();
  } catch (const std::invalid_argument& refused) {
    return refused.what();
  }
  return "(not refused)";
}

}  // namespace

// --- The carried cases -----------------------------------------------------

namespace {

// Before a test has set a level.
const bool hears_info_at_first = ch04::get_logger().is_enabled_for(INFO);
const bool hears_warning_at_first = ch04::get_logger().is_enabled_for(WARNING);

}  // namespace

TEST_CASE("the root logger begins with WARNING", "[04_logging]") {
  CHECK_FALSE(hears_info_at_first);
  CHECK(hears_warning_at_first);
}

TEST_CASE("g01_levels_format: padded level names, levels in between",
          "[04_logging]") {
  const Fresh fresh;
  const Stream out;
  basic_config({.level = DEBUG,
                .format = "%(levelname)7s|%(name)s: %(message)s",
                .stream = out.file()});
  Logger& log = get_logger("app");
  log.debug("d");
  log.info("i");
  log.warning("w");
  log.error("e");
  log.critical("c");
  log.log(15, "between");
  log.log(5, "below DEBUG: hidden");
  get_logger().set_level(ERROR);
  log.warning("hidden");
  log.error("shown");
  CHECK(out.text() ==
        "  DEBUG|app: d\n"
        "   INFO|app: i\n"
        "WARNING|app: w\n"
        "  ERROR|app: e\n"
        "CRITICAL|app: c\n"
        "Level 15|app: between\n"
        "  ERROR|app: shown\n");
  std::vector<std::string> names;
  for (const int level : {0, 10, 15, 20, 30, 40, 50, 60}) {
    names.push_back(get_level_name(level));
  }
  CHECK(names == std::vector<std::string>{"NOTSET", "DEBUG", "Level 15", "INFO",
                                          "WARNING", "ERROR", "CRITICAL",
                                          "Level 60"});
  CHECK(get_level("INFO") == 20);
  // Python answers "Level NOPE"; here only a level has a number.
  CHECK(refusal([] { get_level("NOPE"); }) == "Unknown level: 'NOPE'");
}

TEST_CASE("g02_last_resort: bare messages without any configuration",
          "[04_logging]") {
  const Fresh fresh;
  const Stderr err;
  Logger& log = get_logger("quiet");
  log.info("hidden");
  log.warning("bare message");
  log.error("bare {}", "error");
  basic_config();
  log.warning("now formatted");
  // A handler that takes no record still counts as a handler.
  reset_logging();
  record(get_logger())->set_level(CRITICAL);
  log.error("dropped");
  CHECK(err.text() ==
        "bare message\n"
        "bare error\n"
        "WARNING:quiet:now formatted\n");
}

TEST_CASE("g03_hierarchy: the logger's level is asked, not the ancestors'",
          "[04_logging]") {
  const Fresh fresh;
  Logger& top = get_logger("g03");
  Logger& low = get_logger("g03.low");
  const auto at_root = record(get_logger());
  const auto at_top = record(top);
  top.set_level(CRITICAL);
  CHECK_FALSE(low.is_enabled_for(ERROR));
  low.set_level(DEBUG);
  low.debug("down here");
  CHECK(at_top->records.size() == 1);
  CHECK(at_root->records.size() == 1);
  top.error("up there");
  CHECK(at_top->records.size() == 1);

  SECTION("each handler asks for its own level") {
    at_top->set_level(ERROR);
    low.warning("for the root only");
    CHECK(at_top->records.size() == 1);
    CHECK(at_root->records.size() == 2);
  }
  SECTION("a logger that does not propagate is the last to be asked") {
    top.set_propagate(false);
    low.warning("not for the root");
    CHECK(at_top->records.size() == 2);
    CHECK(at_root->records.size() == 1);
  }
}

TEST_CASE("g04_format_errors: a message that cannot be composed",
          "[04_logging]") {
  const Fresh fresh;
  const Stream out;
  const Stderr err;
  basic_config({.format = "%(levelname)s %(message)s", .stream = out.file()});
  Logger& log = get_logger();
  // Too few arguments, or arguments of the wrong type, do not compile. Only
  // formatters can still throw; unlike in Python, the record goes out then.
  log.warning("two {} {} {}", "one", 2, Broken());
  const unsigned line = std::source_location::current().line() - 1;
  log.warning("one {}", Broken());
  log.log_text(WARNING, "100% {with} no args is fine");
  CHECK(err.text() ==
        fmt::format("--- Logging error ---\n"
                    "std::runtime_error: no words for it\n"
                    "Logged from file 04_logging_test.cpp, line {}\n"
                    "Message: 'two {{}} {{}} {{}}'\n"
                    "--- Logging error ---\n"
                    "std::runtime_error: no words for it\n"
                    "Logged from file 04_logging_test.cpp, line {}\n"
                    "Message: 'one {{}}'\n",
                    line, line + 2));
  CHECK(out.text() ==
        "WARNING two {} {} {}\n"
        "WARNING one {}\n"
        "WARNING 100% {with} no args is fine\n");
}

TEST_CASE("g05_exc_info: the exception is below the message", "[04_logging]") {
  const Fresh fresh;
  const Stream out;
  basic_config({.format = "%(levelname)7s: %(message)s", .stream = out.file()});
  Logger& log = get_logger();
  try {
    throw std::out_of_range("missing");
  } catch (const std::exception&) {
    log.exception("failed {}", 1);
  }
  log.exception("no current exception");
  log.log_text(INFO + 15, "text {}", error("v"));
  log.log_text(ERROR, "none", nullptr);
  CHECK(out.text() ==
        "  ERROR: failed 1\n"
        "std::out_of_range: missing\n"
        "  ERROR: no current exception\n"
        "NoneType: None\n"
        "Level 35: text {}\n"
        "std::runtime_error: v\n"
        "  ERROR: none\n");
}

TEST_CASE("g06_basic_config: a second call is ignored, unless forced",
          "[04_logging]") {
  const Fresh fresh;
  const Stream first;
  const Stream second;
  Logger& root = get_logger();
  basic_config({.format = "1 %(message)s", .stream = first.file()});
  basic_config({.level = DEBUG, .stream = second.file()});
  root.info("below the level");
  root.error("to the first");
  basic_config({.level = "INFO", .stream = second.file(), .force = true});
  root.debug("below the level");
  root.info("to the second");
  CHECK(first.text() == "1 to the first\n");
  CHECK(second.text() == "INFO:root:to the second\n");
}

TEST_CASE("g06_basic_config: wrong settings are refused and change nothing",
          "[04_logging]") {
  const Fresh fresh;
  const Directory directory;
  const std::string file = directory.path / "both.log";
  CHECK(refusal([&] { basic_config({.stream = stderr, .filename = file}); }) ==
        "'stream' and 'filename' should not be specified together");
  CHECK_FALSE(std::filesystem::exists(file));
  CHECK(refusal([] { basic_config({.level = "NOISY"}); }) ==
        "Unknown level: 'NOISY'");
  CHECK(refusal([] { get_logger().set_level(std::string("loud")); }) ==
        "Unknown level: 'loud'");
  CHECK(refusal([&] {
          basic_config({.level = DEBUG, .format = "%(message", .force = true});
        }) == "Invalid format '%(message' for '%' style");
  CHECK_THROWS_AS(basic_config({.level = DEBUG,
                                .filename = directory.path / "no" / "dir.log"}),
                  std::system_error);
  CHECK(refusal([&] {
          basic_config({.level = DEBUG, .format = "%(nothing)5s"});
        }) == "Formatting field not found in record: 'nothing'");
  CHECK_FALSE(get_logger().is_enabled_for(INFO));
  const Stderr err;
  get_logger().warning("to the last resort");
  CHECK(err.text() == "to the last resort\n");
}

TEST_CASE("g07_record_fields: what a format can show", "[04_logging]") {
  const Fresh fresh;
  const Stream out;
  basic_config({.format = "%(asctime)s|%(name)-8s|%(levelno)d|%(levelname)s|"
                          "%(filename)s|%(funcName)s|%(lineno)d|"
                          "%(threadName)s|%(message)s",
                .stream = out.file()});
  inside();
  std::string shown = out.text();
  for (std::size_t i = 0; i < std::min(shown.find('|'), shown.size()); ++i) {
    if (shown[i] >= '0' && shown[i] <= '9') shown[i] = '#';
  }
  CHECK(shown ==
        fmt::format(
            "####-##-## ##:##:##,###|n       |30|WARNING|04_logging_test.cpp|"
            "inside|{}|MainThread|hello 'w'\n",
            inside_line));
}

TEST_CASE("g08_asyncio_logger: one logger has its own level", "[04_logging]") {
  const Fresh fresh;
  const Stream out;
  basic_config({.level = DEBUG,
                .format = "%(levelname)7s: %(name)s: %(message)s",
                .stream = out.file()});
  Logger& log = get_logger("asyncio");
  log.debug("Using selector: {}", "EpollSelector");
  log.set_level(WARNING);
  log.debug("Using selector: {}", "EpollSelector");
  log.error("errors still show");
  CHECK(out.text() ==
        "  DEBUG: asyncio: Using selector: EpollSelector\n"
        "  ERROR: asyncio: errors still show\n");
}

// --- Loggers ---------------------------------------------------------------

TEST_CASE("a logger's name is its identity", "[04_logging]") {
  const Fresh fresh;
  CHECK(&get_logger("same.name") == &get_logger("same.name"));
  CHECK(&get_logger("same.name") != &get_logger("same.Name"));
  CHECK(&get_logger() == &get_logger("root"));
  CHECK(get_logger().name() == "root");
  // Odd names are allowed.
  const auto at_root = record(get_logger());
  get_logger(".").warning("x");
  CHECK(at_root->records.at(0).name == ".");
  CHECK(get_logger("odd..name").name() == "odd..name");
}

TEST_CASE("the parent is the nearest logger that exists", "[04_logging]") {
  const Fresh fresh;
  Logger& leaf = get_logger("fix.up.a.b");
  // The handlers that get the record, in their order, the root's last.
  std::string order;
  const auto listen = [&](Logger& logger) {
    record(logger)->on_emit = [&](const LogRecord&) {
      order += logger.name() + " ";
    };
  };
  const auto heard_from = [&order](Logger& logger) {
    order.clear();
    logger.warning("x");
    return order;
  };
  listen(get_logger());
  listen(leaf);
  Logger& neighbour = get_logger("fix.upper");
  CHECK(heard_from(leaf) == "fix.up.a.b root ");
  Logger& middle = get_logger("fix.up");
  listen(middle);
  CHECK(heard_from(leaf) == "fix.up.a.b fix.up root ");
  CHECK(heard_from(neighbour) == "root ");
  Logger& between = get_logger("fix.up.a");
  listen(between);
  CHECK(heard_from(leaf) == "fix.up.a.b fix.up.a fix.up root ");
  CHECK(heard_from(between) == "fix.up.a fix.up root ");
  Logger& top = get_logger("fix");
  listen(top);
  CHECK(heard_from(middle) == "fix.up fix root ");
  CHECK(heard_from(neighbour) == "fix root ");
  CHECK(heard_from(leaf) == "fix.up.a.b fix.up.a fix.up fix root ");

  // Levels and records take the new way immediately.
  const auto at_top = record(top);
  top.set_level(DEBUG);
  leaf.debug("all the way");
  CHECK(at_top->records.size() == 1);
}

TEST_CASE("is_enabled_for follows every change that decides it",
          "[04_logging]") {
  const Fresh fresh;
  Logger& root = get_logger();
  Logger& parent = get_logger("enabled");
  Logger& child = get_logger("enabled.child");
  CHECK_FALSE(child.is_enabled_for(INFO));
  CHECK(child.is_enabled_for(WARNING));
  root.set_level(DEBUG);
  CHECK(child.is_enabled_for(DEBUG));
  parent.set_level("ERROR");
  CHECK_FALSE(child.is_enabled_for(WARNING));
  child.set_level(1);
  CHECK(child.is_enabled_for(1));
  parent.set_level(NOTSET);
  child.set_level(NOTSET);
  root.set_level(NOTSET);
  CHECK(child.is_enabled_for(1));
  CHECK_FALSE(child.is_enabled_for(NOTSET));  // no record is
  Logger& late = get_logger("enabled.child.late");
  root.set_level(CRITICAL);
  CHECK_FALSE(late.is_enabled_for(ERROR));
}

TEST_CASE("a disabled call formats nothing", "[04_logging]") {
  const Fresh fresh;
  int times = 0;
  Logger& log = get_logger("counted");
  const auto recorder = record(log);
  log.set_propagate(false);
  for (int i = 0; i < 1'000'000; ++i) log.debug("{}", Counted{&times});
  log.log_text(INFO, "text");
  log.set_level(CRITICAL);
  log.exception("{}", Counted{&times});
  log.set_level(NOTSET);
  CHECK(times == 0);
  log.warning("{} {}", Counted{&times}, 1);
  CHECK(times == 1);
  REQUIRE(recorder->records.size() == 1);
  CHECK(recorder->records[0].message == "counted 1");
}

TEST_CASE("a record knows the line of the call", "[04_logging]") {
  const Fresh fresh;
  Logger& log = get_logger("placed");
  const auto recorder = record(log);
  log.set_level(DEBUG);
  const int number = 7;
  const unsigned line = std::source_location::current().line() + 1;
  log.debug("{}", number);
  log.info("plain");
  log.warning("{}", 1);
  log.error("{} {}", 1, std::string("x"));
  log.critical("{}", number);
  log.log(DEBUG, "{}", number);
  log.exception("{}", number);
  log.log_text(DEBUG, "{}");
  for (unsigned i = 0; i < recorder->records.size(); ++i) {
    CHECK(recorder->records[i].place.line() == line + i);
    CHECK(recorder->records[i].name == "placed");
  }
  CHECK(recorder->records.size() == 8);
  const auto place = std::source_location::current();
  log.log_text(DEBUG, "elsewhere", nullptr, place);
  CHECK(recorder->records.back().place.line() == place.line());
}

TEST_CASE("adding a handler twice is adding it once", "[04_logging]") {
  const Fresh fresh;
  Logger& log = get_logger("twice");
  const auto recorder = record(log);
  log.add_handler(recorder);
  log.error("x");
  CHECK(recorder->records.size() == 1);
  log.remove_handler(recorder);
  log.remove_handler(recorder);
  record(log);
  log.error("y");
  CHECK(recorder->records.size() == 1);
  CHECK_THROWS_AS(log.add_handler(nullptr), std::invalid_argument);
}

TEST_CASE("handlers of the logger are asked before the ancestors'",
          "[04_logging]") {
  const Fresh fresh;
  std::string order;
  Logger& child = get_logger("order.child");
  const auto at_root = record(get_logger());
  const auto first = record(child);
  const auto second = record(child);
  at_root->on_emit = [&](const LogRecord&) { order += "r"; };
  first->on_emit = [&](const LogRecord&) { order += "1"; };
  second->on_emit = [&](const LogRecord&) { order += "2"; };
  child.error("x");
  CHECK(order == "12r");
}

// --- Filters ---------------------------------------------------------------

TEST_CASE("filters have a say at loggers and at handlers", "[04_logging]") {
  const Fresh fresh;
  Logger& log = get_logger("filtered");
  const auto first = record(log);
  const auto second = record(log);
  int asked = 0;
  log.add_filter([&asked](const LogRecord& record) {
    ++asked;
    return record.message != "secret";
  });
  second->add_filter(
      [](const LogRecord& record) { return record.level >= ERROR; });
  log.warning("secret");
  log.warning("w");
  log.error("e");
  log.info("below the level: not asked about");
  CHECK(asked == 3);
  CHECK(first->records.size() == 2);
  CHECK(second->records.size() == 1);
  // A logger's filters apply only to its own records.
  get_logger("filtered.child").warning("secret");
  CHECK(first->records.size() == 3);
  log.add_filter(
      [](const LogRecord& record) { return record.message != "also secret"; });
  log.warning("also secret");
  log.warning("secret");
  CHECK(first->records.size() == 3);
  log.clear_filters();
  log.warning("secret");
  CHECK(first->records.size() == 4);
  CHECK_THROWS_AS(log.add_filter(nullptr), std::invalid_argument);
}

TEST_CASE("a filter that throws is reported, and the record goes on",
          "[04_logging]") {
  const Fresh fresh;
  const Stderr err;
  Logger& log = get_logger("filter_throws");
  const auto recorder = record(log);
  log.add_filter([](const LogRecord&) -> bool { throw 42; });
  log.warning("kept");
  CHECK(recorder->records.size() == 1);
  CHECK(err.text().find("--- Logging error ---\nint: 42\n") == 0);
  CHECK(err.text().find("Message: 'kept'\n") != std::string::npos);
}

// --- Handlers --------------------------------------------------------------

TEST_CASE("a handler that throws is reported, and the others go on",
          "[04_logging]") {
  const Fresh fresh;
  const Stderr err;
  Logger& log = get_logger("throws");
  const auto bad = record(log);
  const auto good = record(log);
  bad->on_emit = [](const LogRecord&) { throw std::runtime_error("no room"); };
  log.warning("it's {}", "late");
  const unsigned line = std::source_location::current().line() - 1;
  CHECK(good->records.size() == 1);
  CHECK(err.text() ==
        fmt::format("--- Logging error ---\n"
                    "std::runtime_error: no room\n"
                    "Logged from file 04_logging_test.cpp, line {}\n"
                    "Message: \"it's late\"\n",
                    line));
}

TEST_CASE("handlers, filters and arguments may log and configure",
          "[04_logging]") {
  const Fresh fresh;
  const Stderr err;
  Logger& log = get_logger("reentrant");
  const auto recorder = record(log);
  const auto other = std::make_shared<Recorder>();
  recorder->on_emit = [&](const LogRecord& record) {
    if (record.message == "remove") log.remove_handler(recorder);
    if (record.message == "add") log.add_handler(other);
    if (record.level == ERROR) log.warning("seen: {}", record.message);
  };
  log.error("first");
  REQUIRE(recorder->records.size() == 2);
  CHECK(recorder->records[1].message == "seen: first");

  int asked = 0;
  log.add_filter([&](const LogRecord&) {
    if (++asked == 1) {
      log.warning("from a filter");
      log.add_filter([](const LogRecord&) { return true; });
    }
    return true;
  });
  log.warning("filtered");
  REQUIRE(recorder->records.size() == 4);
  CHECK(recorder->records[2].message == "from a filter");

  log.warning("{}", Talkative());
  REQUIRE(recorder->records.size() == 6);
  CHECK(recorder->records[4].message == "from an argument");
  CHECK(recorder->records[5].message == "talk");

  log.warning("add");
  log.warning("remove");
  log.warning("to the other one");
  CHECK(recorder->records.size() == 8);
  REQUIRE(other->records.size() == 2);
  CHECK(other->records[1].message == "to the other one");
  CHECK(err.text().empty());
}

TEST_CASE("a handler whose records always come back is stopped",
          "[04_logging]") {
  const Fresh fresh;
  const Stderr err;
  Logger& log = get_logger("echo");
  const auto recorder = record(log);
  recorder->on_emit = [&](const LogRecord&) { log.warning("echo"); };
  log.warning("hello");
  CHECK(recorder->records.size() == 50);
  CHECK(err.text().find(kTooDeep) == 0);
  CHECK(count(err.text(), kTooDeep) == 1);
  recorder->on_emit = nullptr;
  log.warning("works again");
  CHECK(recorder->records.size() == 51);
}

TEST_CASE("a filter that logs without end is stopped", "[04_logging]") {
  const Fresh fresh;
  const Stderr err;
  Logger& log = get_logger("echo_filter");
  const auto recorder = record(log);
  SECTION("a logger's") {
    log.add_filter([&](const LogRecord&) {
      log.warning("echo");
      return true;
    });
  }
  SECTION("a handler's") {
    recorder->add_filter([&](const LogRecord&) {
      log.warning("echo");
      return true;
    });
  }
  log.warning("hello {}", 1);
  REQUIRE(recorder->records.size() == 50);
  CHECK(recorder->records.back().message == "hello 1");
  CHECK(count(err.text(), kTooDeep) == 1);
  log.clear_filters();
  recorder->clear_filters();
  log.warning("works again");
  CHECK(recorder->records.size() == 51);
}

TEST_CASE("an argument that logs itself is stopped", "[04_logging]") {
  const Fresh fresh;
  const Stderr err;
  const auto recorder = record(get_logger("vain"));
  log_vain();
  CHECK(recorder->records.size() == 50);
  CHECK(count(err.text(), kTooDeep) == 1);
  CHECK(err.text().ends_with("Message: '{}'\n"));
}

TEST_CASE("a listener that logs without end is stopped", "[04_logging]") {
  const Fresh fresh;
  const Stderr err;
  const auto recorder = record(get_logger("heard"));
  set_log_listener([](const LogRecord& record) {
    get_logger("heard").warning("{}", record.message);
  });
  get_logger("heard").warning("hello");
  set_log_listener(nullptr);
  CHECK(recorder->records.size() == 50);
  CHECK(count(err.text(), kTooDeep) == 1);
}

TEST_CASE("two handlers that hand on to each other are stopped",
          "[04_logging]") {
  const Fresh fresh;
  const Stderr err;
  Recorder one;
  Recorder two;
  one.on_emit = [&](const LogRecord& record) { two.handle(record); };
  two.on_emit = [&](const LogRecord& record) { one.handle(record); };
  one.handle(sample());
  CHECK(one.records.size() == 25);
  CHECK(two.records.size() == 25);
  CHECK(count(err.text(), kTooDeep) == 1);
}

TEST_CASE("two records for each record also come to an end", "[04_logging]") {
  const Fresh fresh;
  const Stderr err;
  Logger& log = get_logger("twice_each");
  const auto recorder = record(log);
  const auto other = record(log);
  recorder->on_emit = [&](const LogRecord&) {
    log.warning("echo");
    log.warning("echo");
  };
  log.warning("hello");
  // Records from before the limit was reached get to the other handler.
  CHECK(recorder->records.size() == 50);
  CHECK(other->records.size() == 50);
  CHECK(count(err.text(), kTooDeep) == 51);  // twice at the deepest level
  recorder->on_emit = nullptr;
  log.warning("works again");
  CHECK(other->records.size() == 51);
}

TEST_CASE("an argument that fails when it is handed over is reported",
          "[04_logging]") {
  const Fresh fresh;
  const Stderr err;
  const auto recorder = record(get_logger("beans"));
  get_logger("beans").warning("{} beans", Bean::arabica);
  REQUIRE(recorder->records.size() == 1);
  CHECK(recorder->records[0].message == "{} beans");
  CHECK(err.text().find("--- Logging error ---\nstd::runtime_error: no number "
                        "for it\n") == 0);
}

TEST_CASE("whatever a handler throws, the next record is handled",
          "[04_logging]") {
  const Fresh fresh;
  const Stderr err;
  struct Odd {};
  Logger& log = get_logger("odd");
  const auto recorder = record(log);
  const std::vector<std::function<void()>> throwing = {
      [] { throw 42; }, [] { throw Odd(); }, [] { throw "text"; },
      [] { throw std::bad_alloc(); },
      [] { std::rethrow_exception(error("nested")); }};
  for (const auto& fail : throwing) {
    recorder->on_emit = [&](const LogRecord&) { fail(); };
    log.warning("fails");
    recorder->on_emit = nullptr;
    log.warning("works");
  }
  CHECK(recorder->records.size() == 2 * throwing.size());
  CHECK(count(err.text(), "--- Logging error ---\n") == throwing.size());
}

TEST_CASE("a handler that blocks holds up no other logger", "[04_logging]") {
  const Fresh fresh;
  Logger& slow = get_logger("slow");
  slow.set_propagate(false);
  const auto waits = record(slow);
  std::promise<void> began;
  std::promise<void> go_on;
  bool in_time = false;
  waits->on_emit = [&](const LogRecord&) {
    began.set_value();
    in_time = go_on.get_future().wait_for(std::chrono::seconds(20)) ==
              std::future_status::ready;
  };
  std::thread other([&slow] { slow.warning("waits"); });
  began.get_future().wait();
  Logger& log = get_logger("slow.child");  // a change of the whole tree
  log.set_propagate(false);
  const auto recorder = record(log);
  log.add_filter([](const LogRecord&) { return true; });
  log.set_level(INFO);
  waits->set_level(ERROR);
  log.info("goes on");
  slow.set_level(ERROR);
  slow.warning("is not heard");
  go_on.set_value();
  other.join();
  CHECK(in_time);
  CHECK(recorder->records.size() == 1);
  CHECK(waits->records.size() == 1);
}

TEST_CASE("a failed record's report shows its text", "[04_logging]") {
  const Fresh fresh;
  const Stderr err;
  Logger& log = get_logger("raw");
  const auto recorder = record(log);
  recorder->on_emit = [](const LogRecord&) { throw 42; };
  const auto report_of = [&](const auto& call) {
    const std::size_t before = err.text().size();
    call();
    const std::string text = err.text().substr(before);
    return text.substr(std::min(text.find("Message"), text.size()));
  };
  CHECK(report_of([&] { log.warning("a {} {}", "one", 2.0); }) ==
        "Message: 'a one 2'\n");
  CHECK(report_of([&] { log.log_text(ERROR, "a {text}"); }) ==
        "Message: 'a {text}'\n");
  // A record that was kept, and is handled later.
  const LogRecord kept = recorder->records.at(0);
  CHECK(report_of([&] { recorder->handle(kept); }) == "Message: 'a one 2'\n");
  // A record that fails while another one is being handled.
  recorder->on_emit = [&](const LogRecord& record) {
    if (record.message == "outer 1") log.warning("inner {}", 2);
    throw 42;
  };
  CHECK(report_of([&] {
          log.warning("outer {}", 1);
        }).ends_with("Message: 'outer 1'\n"));
  CHECK(err.text().find("Message: 'inner 2'\n") != std::string::npos);
  // And a filter that throws.
  recorder->on_emit = nullptr;
  log.add_filter([](const LogRecord&) -> bool { throw 42; });
  CHECK(report_of([&] { log.warning("to a {}", "filter"); }) ==
        "Message: 'to a filter'\n");
}

TEST_CASE("filters are shared, not copied", "[04_logging]") {
  const Fresh fresh;
  // Its copies log, and so do their destructors.
  struct Speaking {
    Speaking() = default;
    Speaking(const Speaking&) { get_logger("speaking").warning("copied"); }
    ~Speaking() { get_logger("speaking").warning("gone"); }
    bool operator()(const LogRecord&) const { return true; }
  };
  Logger& log = get_logger("speaking");
  const auto recorder = record(log);
  log.add_filter(Speaking());
  const std::size_t before = recorder->records.size();
  log.add_filter([](const LogRecord&) { return true; });
  CHECK(recorder->records.size() == before);
  log.clear_filters();
  CHECK(recorder->records.size() == before + 1);
}

TEST_CASE("a stream handler needs a stream", "[04_logging]") {
  CHECK_THROWS_AS(StreamHandler(static_cast<std::FILE*>(nullptr)),
                  std::invalid_argument);
}

TEST_CASE("a stream handler flushes each record", "[04_logging]") {
  const Fresh fresh;
  Logger& log = get_logger("flushed");
  log.set_propagate(false);
  const Directory directory;
  const std::string path = directory.path / "f.log";
  std::FILE* file = std::fopen(path.c_str(), "w");
  REQUIRE(file != nullptr);
  std::fputs("before; ", file);
  log.add_handler(std::make_shared<StreamHandler>(file));
  log.warning("{}", std::string(10'000, 'x'));
  CHECK(read(path) == "before; " + std::string(10'000, 'x') + "\n");
  std::fclose(file);
}

TEST_CASE("a write that fails is reported", "[04_logging]") {
  const Fresh fresh;
  const Stderr err;
  Logger& log = get_logger("full");
  log.set_propagate(false);
  SECTION("to a stream that cannot be written to") {
    std::FILE* file = std::fopen("/dev/null", "r");
    REQUIRE(file != nullptr);
    log.add_handler(std::make_shared<StreamHandler>(file));
    log.warning("lost");
    CHECK(err.text().find("--- Logging error ---\nstd::system_error: "
                          "write(<fd ") == 0);
    CHECK(err.text().find(": Bad file descriptor\n") != std::string::npos);
    std::fclose(file);
  }
  SECTION("to a full disk") {
    if (!std::filesystem::exists("/dev/full")) {
      WARN("skipped: there is no /dev/full");
      return;
    }
    log.add_handler(std::make_shared<FileHandler>("/dev/full"));
    log.warning("lost");
    CHECK(err.text().find("write('/dev/full'): No space left on device\n") !=
          std::string::npos);
  }
  CHECK((err.text().empty() ||
         err.text().find("Message: 'lost'\n") != std::string::npos));
}

TEST_CASE("a disk that was full once takes the next record", "[04_logging]") {
  const Fresh fresh;
  const Directory directory;
  const std::string path = directory.path / "limited.log";
  // A process whose files may have 10 bytes at first, and more later.
  CHECK(child::run([&] {
          ::close(STDERR_FILENO);
          std::signal(SIGXFSZ, SIG_IGN);
          std::FILE* const file = std::fopen(path.c_str(), "w");
          Logger& log = get_logger("limited");
          log.set_propagate(false);
          log.add_handler(std::make_shared<StreamHandler>(file));
          log.warning("123456789");
          ::rlimit limit{};
          if (::getrlimit(RLIMIT_FSIZE, &limit) != 0) return 1;
          limit.rlim_cur = 10;
          if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) return 2;
          log.warning("lost");
          limit.rlim_cur = limit.rlim_max;
          if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) return 3;
          log.warning("kept");
          return 0;
        }) == "exit 0");
  CHECK(read(path) == "123456789\nkept\n");
}

TEST_CASE("a pipe without a reader ends no program", "[04_logging]") {
  const Fresh fresh;
  const Stderr err;
  Logger& log = get_logger("closed");
  log.set_propagate(false);
  const auto log_to = [&](auto make_handler) {
    return child::run([&] {
      log.add_handler(make_handler());
      log.warning("lost");
      log.warning("lost again");
      return 0;
    });
  };
  SECTION("a stream's") {
    CHECK(log_to([] {
            return std::make_shared<StreamHandler>(
                ::fdopen(child::closed_pipe(), "w"));
          }) == "exit 0");
    CHECK(count(err.text(), "Broken pipe") == 2);
  }
  SECTION("a file's that is a FIFO") {
    const Directory directory;
    const std::string path = directory.path / "fifo";
    REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
    CHECK(log_to([&] {
            const int reader = ::open(path.c_str(), O_RDONLY | O_NONBLOCK);
            auto handler = std::make_shared<FileHandler>(path);
            ::close(reader);
            return handler;
          }) == "exit 0");
    CHECK(count(err.text(), "fifo'): Broken pipe") == 2);
  }
  SECTION("standard error, with the report of a failure") {
    CHECK(log_to([] {
            ::dup2(child::closed_pipe(), STDERR_FILENO);
            const auto recorder = std::make_shared<Recorder>();
            recorder->on_emit = [](const LogRecord&) { throw 42; };
            return recorder;
          }) == "exit 0");
  }
  SECTION("standard error, with the last resort") {
    CHECK(child::run([&] {
            ::dup2(child::closed_pipe(), STDERR_FILENO);
            log.warning("lost");
            return 0;
          }) == "exit 0");
  }
}

TEST_CASE("a file handler appends", "[04_logging]") {
  const Fresh fresh;
  const Directory directory;
  const auto path = directory.path / "app.log";
  std::ofstream(path) << "earlier\n";
  basic_config({.format = "%(message)s", .filename = path});
  get_logger().warning("first");
  basic_config({.format = "%(message)s!", .filename = path, .force = true});
  get_logger().warning("second");
  CHECK(read(path) == "earlier\nfirst\nsecond!\n");
}

TEST_CASE("a file handler says which file it cannot open, and why",
          "[04_logging]") {
  const Directory directory;
  const std::string path = directory.path / "none" / "app.log";
  try {
    const FileHandler handler(path);
    FAIL("opened");
  } catch (const std::system_error& refused) {
    CHECK(std::string(refused.what()) ==
          "open('" + path + "'): No such file or directory");
    CHECK(refused.code() == std::errc::no_such_file_or_directory);
  }
}

// --- Formats ---------------------------------------------------------------

TEST_CASE("fields take a width, on either side", "[04_logging]") {
  CHECK(formatted("%(levelname)9s|%(levelname)-9s|%(levelname)3s|") ==
        "  WARNING|WARNING  |WARNING|");
  CHECK(formatted("%(message)7s|%(message)-7s|%(message)-s|") ==
        "  héllo|héllo  |héllo|");
  CHECK(formatted("%(levelno)5d|%(levelno)-5d|%(levelno)5s|%(lineno)d") ==
        "   30|30   |   30|0");
  CHECK(formatted("%(levelname)1000s").size() == 1000);
  CHECK(formatted("100%% %(name)s %%") == "100% app %");
  CHECK(formatted("%(threadName)s") == "Thread-7");
}

TEST_CASE("times are local, to the millisecond below", "[04_logging]") {
  using std::chrono::milliseconds;
  LogRecord record = sample();
  const char* const before = ::getenv("TZ");
  const std::string zone = before ? before : "";
  ::setenv("TZ", "XYZ-3", 1);
  ::tzset();
  record.created += milliseconds(1'700'000'000'042);
  const Formatter formatter("%(asctime)s");
  CHECK(formatter.format(record) == "2023-11-15 01:13:20,042");
  record.created = {};
  record.created -= milliseconds(1);
  CHECK(formatter.format(record) == "1970-01-01 02:59:59,999");
  if (zone.empty()) {
    ::unsetenv("TZ");
  } else {
    ::setenv("TZ", zone.c_str(), 1);
  }
  ::tzset();
}

TEST_CASE("a text that cannot be a format is refused", "[04_logging]") {
  for (const std::string format : {"",
                                   "plain",
                                   "100%%",
                                   "%(message)",
                                   "%(message",
                                   "%(message)y",
                                   "%[message)s",
                                   "%",
                                   "%(message)s %",
                                   "%(message)s %s",
                                   "%(message)s %d",
                                   "%(message)s %(name",
                                   "%(message)*s",
                                   "%(message).s%",
                                   "%(message)99999s",
                                   "%(message)5",
                                   "%(message).5s",
                                   "%(message)5.5s",
                                   "%(message)05s",
                                   "%(message)+s",
                                   "%(message)--5s",
                                   "%(message)r",
                                   "%(lineno)x",
                                   "%(lineno)f",
                                   "%(message)s 100% sure"}) {
    CHECK(refusal([&] { Formatter{format}; }) ==
          "Invalid format '" + format + "' for '%' style");
  }
}

TEST_CASE("mistakes in fields are refused", "[04_logging]") {
  const auto problem = [](std::string_view format) {
    return refusal([&] { Formatter{format}; });
  };
  CHECK(problem("%(mesage)s %(other)s") ==
        "Formatting field not found in record: 'mesage'");
  CHECK(problem("%()s") == "Formatting field not found in record: ''");
  CHECK(problem("%(message)d") ==
        "%d format: a real number is required, not str");
}

TEST_CASE("one newline separates a message from its exception",
          "[04_logging]") {
  LogRecord record = sample();
  record.exc_info = error("v");
  CHECK(Formatter().format(record) == "héllo\nstd::runtime_error: v");
  record.message += "\n";
  CHECK(Formatter().format(record) == "héllo\nstd::runtime_error: v");
  record.message.clear();
  CHECK(Formatter().format(record) == "\nstd::runtime_error: v");
}

// --- Threads and the end of the program ------------------------------------

TEST_CASE("threads do not mix their lines", "[04_logging]") {
  const Fresh fresh;
  const Stream out;
  const Directory directory;
  const auto path = directory.path / "threads.log";
  constexpr int kThreads = 4;
  constexpr int kRecords = 1000;
  basic_config({.format = "%(name)s %(message)s", .stream = out.file()});
  // A second handler on the same stream, and a file with two handlers.
  get_logger("threads").add_handler(
      std::make_shared<StreamHandler>(out.file()));
  get_logger("threads").add_handler(std::make_shared<FileHandler>(path));
  get_logger("threads").add_handler(std::make_shared<FileHandler>(path));
  // And a handler that checks whether another thread is in it.
  const auto lonely = record(get_logger("threads"));
  std::atomic<int> inside_now = 0;
  std::atomic<int> met = 0;
  lonely->on_emit = [&](const LogRecord&) {
    if (inside_now++ > 0) ++met;
    std::this_thread::yield();
    --inside_now;
  };
  std::vector<std::thread> threads;
  threads.reserve(kThreads);
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([thread] {
      for (int i = 0; i < kRecords; ++i) {
        get_logger(fmt::format("threads.{}", thread))
            .warning("{}", fmt::format("{:04}", i) + std::string(60, 'x'));
      }
    });
  }
  for (auto& thread : threads) thread.join();

  CHECK(met == 0);
  CHECK(lonely->records.size() == std::size_t{kThreads} * kRecords);
  const auto count_whole = [](const std::string& text, std::size_t head) {
    std::istringstream lines(text);
    std::string line;
    int whole = 0;
    while (std::getline(lines, line)) {
      const bool named = line.starts_with("threads.");
      const std::size_t start = named ? head : 0;
      if (line.size() == start + 64 &&
          line.substr(start + 4) == std::string(60, 'x')) {
        ++whole;
      } else {
        FAIL_CHECK("mixed: " << line);
      }
    }
    return whole;
  };
  CHECK(count_whole(out.text(), 10) == 2 * kThreads * kRecords);
  CHECK(count_whole(read(path), 10) == 2 * kThreads * kRecords);
}

TEST_CASE("loggers may be configured while others log", "[04_logging]") {
  const Fresh fresh;
  std::atomic<bool> done = false;
  std::atomic<int> logged = 0;
  get_logger("busy").set_propagate(false);
  std::vector<std::thread> threads;
  threads.reserve(2);
  for (int thread = 0; thread < 2; ++thread) {
    threads.emplace_back([&, thread] {
      Logger& log = get_logger(fmt::format("busy.{}.x.y", thread));
      log.add_handler(std::make_shared<Recorder>());
      while (!done) {
        log.error("{}", 1);
        log.debug("{}", 2);
        ++logged;
      }
    });
  }
  for (int i = 0; i < 200 || logged < 200; ++i) {
    const auto handler = std::make_shared<Recorder>();
    Logger& log = get_logger(fmt::format("busy.{}.x", i % 2));
    log.add_handler(handler);
    log.set_level(i % 2 == 0 ? DEBUG : ERROR);
    handler->set_formatter(Formatter("%(name)s"));
    handler->set_level(i % 3 == 0 ? ERROR : NOTSET);
    handler->add_filter([](const LogRecord&) { return true; });
    log.set_propagate(i % 2 == 0);
    get_logger(fmt::format("busy.{}", i));
    log.remove_handler(handler);
    log.clear_filters();
  }
  done = true;
  for (auto& thread : threads) thread.join();
}

// --- fork() ------------------------------------------------------------------

namespace {

// Two threads that log as fast as they can, as long as it lives.
class Busy {
 public:
  explicit Busy(std::function<void()> work) {
    for (int i = 0; i < 2; ++i) {
      threads_.emplace_back([this, work] {
        while (!done_) work();
        // Only when the test has ended: TSan's children are never joined.
      });
    }
  }
  ~Busy() {
    done_ = true;
    for (auto& thread : threads_) thread.join();
  }
  Busy(const Busy&) = delete;
  Busy& operator=(const Busy&) = delete;

 private:
  std::atomic<bool> done_ = false;
  std::vector<std::thread> threads_;
};

// How many of 64 children end as they should; it stops at one that hangs.
int ended_well(const std::function<void()>& in_child) {
  for (int i = 0; i < 64; ++i) {
    const std::string end = child::run([&] {
      in_child();
      return 0;
    });
    INFO("child " << i);
    CHECK(end == "exit 0");
    if (end != "exit 0") return i;
  }
  return 64;
}

}  // namespace

TEST_CASE("fork: a child can log, whatever other threads were doing",
          "[04_logging]") {
  const Fresh fresh;
  std::FILE* const null = std::fopen("/dev/null", "w");
  REQUIRE(null != nullptr);
  Logger& log = get_logger("forked");
  log.set_propagate(false);
  const auto handler = std::make_shared<StreamHandler>(null);
  log.add_handler(handler);
  handler->set_formatter(Formatter("%(asctime)s %(message)s"));
  std::function<void()> work = [&] { log.warning("from a thread {}", 1); };
  std::function<void()> in_child = [&] { log.warning("from a child {}", 1); };
  SECTION("a handler's emit()") {}
  SECTION("a handler of the program, which waits") {
    const auto recorder = record(log);
    recorder->on_emit = [recorder = recorder.get()](const LogRecord&) {
      recorder->records.clear();
      std::this_thread::sleep_for(std::chrono::microseconds(100));
    };
  }
  SECTION("loggers, levels, filters and formats") {
    work = [&] {
      log.add_filter([](const LogRecord&) { return true; });
      log.set_level(INFO);
      get_logger("forked.child");
      handler->set_formatter(Formatter("%(asctime)s %(message)s"));
      log.clear_filters();
      const StreamHandler made(stdout);
    };
    in_child = [&, work] {
      work();
      log.warning("from a child");
      basic_config({.format = "%(asctime)s %(message)s", .stream = null});
      get_logger().warning("from the root");
    };
  }
  {
    const Busy busy(work);
    CHECK(ended_well(in_child) == 64);
  }
  std::fclose(null);
}

TEST_CASE("fork: in the middle of emit(), both go on", "[04_logging]") {
  const Fresh fresh;
  Logger& log = get_logger("forks");
  log.set_propagate(false);
  const auto recorder = record(log);
  pid_t process = -1;
  recorder->on_emit = [&](const LogRecord& record) {
    if (record.message == "fork") process = ::fork();
    if (record.message == "fork") log.warning("after the fork");
  };
  log.warning("fork");
  log.warning("later");
  const bool complete = recorder->records.size() == 3;
  if (process == 0) {
    // Another thread finds the handler free.
    const auto thread_logs = [&] {
      std::thread([&] { log.warning("from a thread"); }).join();
      return recorder->records.size() == 4;
    };
    ::_exit(complete && (kThreadSanitizer || thread_logs()) ? 0 : 1);
  }
  CHECK(complete);
  CHECK(child::end_of(process, std::chrono::seconds(5)) == "exit 0");
}

// --- Coroutines, and records made by hand
// -------------------------------------

TEMPLATE_LIST_TEST_CASE("an argument may be awaited", "[04_logging]", Loops) {
  const Fresh fresh;
  const Stderr out(STDOUT_FILENO);
  Logger& log = get_logger("awaited");
  const auto recorder = record(log);
  const auto beans = []() -> Coroutine<int> { co_return 18; };
  const auto brew = [&]() -> Coroutine<> {
    const std::string what = "beans";
    log.warning("{} grams of {}", co_await beans(), what);
    log.log(ERROR, "{} and {}", co_await beans(), co_await beans());
    common::print("{} grams of {}", co_await beans(), what);
  };
  const unsigned line = std::source_location::current().line() - 4;
  common::VirtualClock clock;
  TestType loop(clock);
  loop.run_until_complete(brew());
  loop.close();
  REQUIRE(recorder->records.size() == 2);
  CHECK(recorder->records[0].message == "18 grams of beans");
  CHECK(recorder->records[0].place.line() == line);
  CHECK(recorder->records[1].message == "18 and 18");
  CHECK(out.text() == "18 grams of beans\n");
}

TEMPLATE_LIST_TEST_CASE("what a loop has to say are records of \"asyncio\"",
                        "[04_logging]", Loops) {
  const Fresh fresh;
  Logger& log = get_logger("asyncio");
  log.set_level(DEBUG);
  const auto recorder = record(log);
  common::VirtualClock clock;
  TestType loop(clock);
  loop.call_soon(internal("work", [] { throw std::runtime_error("burnt"); }));
  loop.call_soon([&loop] { loop.stop(); });
  loop.run_forever();
  loop.close();
  const auto& records = recorder->records;
  REQUIRE(records.size() == 2);
  CHECK(records[0].level == DEBUG);
  CHECK(records[0].message.starts_with("Using selector: "));
  CHECK(records[1].level == ERROR);
  CHECK(records[1].name == "asyncio");
  CHECK(records[1].message ==
        "Exception in callback work()\nhandle: <Handle work()>");
  REQUIRE(records[1].exc_info);
  CHECK(common::describe(*records[1].exc_info) == "std::runtime_error: burnt");
}

TEST_CASE("a record needs only the fields that are given", "[04_logging]") {
  const LogRecord record{.message = "x"};
  CHECK(record.level == NOTSET);
  CHECK(record.name.empty());
  CHECK_FALSE(record.exc_info);
  CHECK(Formatter("%(levelname)s %(message)s").format({.level = INFO}) ==
        "INFO ");
  const BasicConfig config{.force = true};
  CHECK_FALSE(config.level);
}

namespace {

// Its destructor runs after main, when other static objects may be gone.
struct LogsAtExit {
  ~LogsAtExit() {
    get_logger("at_exit").debug("nobody sees it {}", 1);
    get_logger("at_exit.late").set_level(DEBUG);
    get_logger("at_exit.late").set_propagate(false);
    const auto handler = std::make_shared<Recorder>();
    get_logger("at_exit.late").add_handler(handler);
    get_logger("at_exit.late").debug("still {}", "works");
    if (handler->records.size() != 1) std::abort();
  }
} logs_at_exit;

}  // namespace
