// Warnings: the cases r01, r03, r08, r09 and r10, and what C++ adds to them.

#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <thread>
#include <type_traits>
#include <vector>

#include "chapters/04_logging/basic_config.hpp"
#include "chapters/04_logging/logger.hpp"
#include "chapters/07_resource_warning/event_loop.hpp"
#include "chapters/07_resource_warning/warnings.hpp"
#include "tests/catch.hpp"
#include "tests/pieces/child.hpp"
#include "tests/pieces/count.hpp"
#include "tests/pieces/places.hpp"

namespace {

using ch07::CatchWarnings;
using ch07::Category;
using ch07::Record;

constexpr Category kMyWarning("MyWarning", ch07::UserWarning);

// Captures standard error while it lives.
class StandardError {
 public:
  StandardError() : file_(std::tmpfile()), saved_(::dup(STDERR_FILENO)) {
    REQUIRE(file_ != nullptr);
    REQUIRE(saved_ >= 0);
    std::fflush(stderr);
    ::dup2(::fileno(file_), STDERR_FILENO);
  }
  StandardError(const StandardError&) = delete;
  StandardError& operator=(const StandardError&) = delete;
  ~StandardError() {
    put_back();
    std::fclose(file_);
  }

  std::string text() {
    put_back();
    std::string result;
    REQUIRE(std::fseek(file_, 0, SEEK_SET) == 0);
    for (int c = std::fgetc(file_); c != EOF; c = std::fgetc(file_)) {
      result += static_cast<char>(c);
    }
    return result;
  }

 private:
  void put_back() {
    std::fflush(stderr);
    if (saved_ < 0) return;
    ::dup2(saved_, STDERR_FILENO);
    ::close(saved_);
    saved_ = -1;
  }

  std::FILE* file_;
  int saved_;
};

std::string shown(const std::vector<ch07::WarningMessage>& records) {
  std::string text;
  for (const auto& record : records) {
    if (!text.empty()) text += " ";
    text += record.text + ":" + std::to_string(record.line);
  }
  return text;
}

// The calls of r08: A at the lines 5, 5 and 6, B at line 7.
void warn_as_in_r08(const std::source_location* line_5 = places::kR08) {
  ch07::warn("A", ch07::UserWarning, line_5[0]);
  ch07::warn("A", ch07::UserWarning, line_5[0]);
  ch07::warn("A", ch07::UserWarning, line_5[1]);
  ch07::warn("B", ch07::UserWarning, line_5[2]);
}

std::string r08_under(std::string_view action) {
  const CatchWarnings log(Record::yes);
  ch07::simplefilter(action);
  warn_as_in_r08();
  return shown(log.records());
}

template <class Function>
std::string message_of(Function function) {
  try {
    function();
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "(no std::invalid_argument)";
}

struct Loop {
  ~Loop() {
    ch07::warn_from_destructor("unclosed event loop <Loop>",
                               ch07::ResourceWarning, "<Loop>");
  }
};

// Made before main, so destroyed after everything that the tests make.
struct LastWords {
  bool armed = false;
  ~LastWords() {
    if (!armed) return;
    ch07::warn("still here", ch07::RuntimeWarning, places::kF);
  }
} last_words;

}  // namespace

// ---------------------------------------------------------------------------
// categories

TEST_CASE("a category is the one it is made from, and no other") {
  CHECK(ch07::ResourceWarning.is_a(ch07::Warning));
  CHECK(ch07::ResourceWarning.is_a(ch07::ResourceWarning));
  CHECK(kMyWarning.is_a(ch07::UserWarning));
  CHECK(kMyWarning.is_a(ch07::Warning));
  CHECK_FALSE(kMyWarning.is_a(ch07::RuntimeWarning));
  CHECK_FALSE(ch07::UserWarning.is_a(kMyWarning));
  CHECK_FALSE(ch07::Warning.is_a(ch07::UserWarning));
}

TEST_CASE("a category with a long line of ancestors costs no stack") {
  std::deque<Category> line;
  line.emplace_back("Long", ch07::UserWarning);
  for (int i = 0; i < 1'000'000; ++i) line.emplace_back("Long", line.back());
  CHECK(line.back().is_a(ch07::Warning));
  CHECK(line.back().is_a(line.front()));
  CHECK_FALSE(line.front().is_a(line.back()));
  CHECK_FALSE(line.back().is_a(ch07::ResourceWarning));
}

TEST_CASE("a message needs only what somebody has to say") {
  const ch07::WarningMessage message{.text = "x"};
  CHECK(message.category == &ch07::UserWarning);
  CHECK(message.line == 0);
}

TEST_CASE("logging's filters keep their name beside those of warnings") {
  static_assert(std::is_same_v<ch07::Filter, ch04::Filter>);
}

// ---------------------------------------------------------------------------
// r08: the six actions and their memory

TEST_CASE("r08: default shows once per place") {
  CHECK(r08_under("default") == "A:5 A:6 B:7");
}

TEST_CASE("r08: always shows each time") {
  CHECK(r08_under("always") == "A:5 A:5 A:6 B:7");
}

TEST_CASE("r08: ignore shows nothing") { CHECK(r08_under("ignore").empty()); }

TEST_CASE("r08: once shows a text once") {
  CHECK(r08_under("once") == "A:5 B:7");
}

TEST_CASE("r08: module shows a text once per file") {
  CHECK(r08_under("module") == "A:5 B:7");
}

TEST_CASE("r08: error throws, with the category and the place") {
  const CatchWarnings log(Record::yes);
  ch07::simplefilter("error");
  try {
    warn_as_in_r08();
    FAIL("nothing was thrown");
  } catch (const std::runtime_error& error) {
    const auto& warning = dynamic_cast<const ch07::WarningError&>(error);
    CHECK(std::string(warning.what()) == "A");
    CHECK(warning.describe() == "UserWarning: A");
    CHECK(warning.message().category == &ch07::UserWarning);
    CHECK(warning.message().file == "r08.py");
    CHECK(warning.message().line == 5);
  }
  CHECK_THROWS_AS(warn_as_in_r08(), ch07::WarningError);  // no memory
  CHECK(log.records().empty());
}

TEST_CASE("r08: no filter that matches means default") {
  const CatchWarnings log(Record::yes);
  warn_as_in_r08();
  ch07::warn("C", ch07::Warning, places::kR08[3]);
  CHECK(shown(log.records()) == "A:5 A:6 B:7 C:8");
}

TEST_CASE("r08: default and module remember per file, once for all files") {
  const auto in_two_files = [](std::string_view action) {
    const CatchWarnings log(Record::yes);
    ch07::simplefilter(action);
    warn_as_in_r08(places::kOne);
    warn_as_in_r08(places::kTwo);
    return shown(log.records());
  };
  CHECK(in_two_files("default") == "A:5 A:6 B:7 A:5 A:6 B:7");
  CHECK(in_two_files("module") == "A:5 B:7 A:5 B:7");
  CHECK(in_two_files("once") == "A:5 B:7");
}

TEST_CASE("r08: files of the same name in two folders are two files") {
  const CatchWarnings log(Record::yes);
  ch07::simplefilter("default");
  ch07::warn("A", ch07::UserWarning, places::kMainOfOne);
  ch07::warn("A", ch07::UserWarning, places::kMainOfTwo);
  REQUIRE(log.records().size() == 2);
  CHECK(log.records()[0].file == "main.cpp");
  CHECK(log.records()[1].file == "main.cpp");
}

TEST_CASE("r08: other categories and texts are other memories") {
  for (const char* action : {"default", "once", "module"}) {
    const CatchWarnings log(Record::yes);
    ch07::simplefilter(action);
    ch07::warn("A", ch07::UserWarning, places::kR08[0]);
    ch07::warn("A", kMyWarning, places::kR08[0]);
    ch07::warn("A ", ch07::UserWarning, places::kR08[0]);
    CHECK(log.records().size() == 3);
  }
}

TEST_CASE("r08: any change of the filters forgets what was shown") {
  const auto change = GENERATE(0, 1, 2);
  const char* action = GENERATE("default", "once", "module");
  const CatchWarnings log(Record::yes);
  ch07::simplefilter(action, ch07::UserWarning);
  const auto warn_twice = [] {
    ch07::warn("A", ch07::UserWarning, places::kR08[0]);
    ch07::warn("A", ch07::UserWarning, places::kR08[0]);
  };
  warn_twice();
  REQUIRE(shown(log.records()) == "A:5");
  switch (change) {
    case 0:
      ch07::simplefilter("ignore", ch07::RuntimeWarning);
      break;
    case 1:
      ch07::simplefilter(action, ch07::UserWarning);  // the same filter
      break;
    default:
      ch07::filterwarnings("ignore", "other");
  }
  warn_twice();
  CHECK(shown(log.records()) == "A:5 A:5");
}

TEST_CASE("r08: a filter that was refused changes nothing") {
  const CatchWarnings log(Record::yes);
  ch07::warn("A", ch07::UserWarning, places::kR08[0]);
  CHECK_THROWS(ch07::simplefilter("sometimes"));
  CHECK_THROWS(ch07::filterwarnings("sometimes", "A"));
  ch07::warn("A", ch07::UserWarning, places::kR08[0]);
  CHECK(log.records().size() == 1);
}

// ---------------------------------------------------------------------------
// r09: how a warning looks

TEST_CASE("r09: the golden text, without the lines of source") {
  StandardError standard_error;
  {
    const CatchWarnings guard;
    ch07::simplefilter("always");
    const auto* line_6 = places::kR09;
    ch07::warn("plain text", ch07::UserWarning, line_6[0]);
    ch07::warn("use the new one", ch07::DeprecationWarning, line_6[1]);
    ch07::warn("an instance", kMyWarning, line_6[2]);
    ch07::warn("two\nlines", kMyWarning, line_6[3]);
    ch07::warn("explicit", ch07::ResourceWarning, places::kNoFile);
    ch07::warn("%s {} \\", ch07::Warning, places::kF);
    ch07::warn("", ch07::Warning, places::kF);
  }
  CHECK(standard_error.text() ==
        "r09_warning_format.py:6: UserWarning: plain text\n"
        "r09_warning_format.py:7: DeprecationWarning: use the new one\n"
        "r09_warning_format.py:8: MyWarning: an instance\n"
        "r09_warning_format.py:9: MyWarning: two\n"
        "lines\n"
        "no_such_file.py:99: ResourceWarning: explicit\n"
        "f:1: Warning: %s {} \\\n"
        "f:1: Warning: \n");
}

TEST_CASE("r09: warn tells the place of the call, its file without folders") {
  const CatchWarnings log(Record::yes);
  ch07::warn("plain text");
  const unsigned line = __LINE__ - 1;
  const auto records = log.records();
  REQUIRE(records.size() == 1);
  CHECK(records[0].text == "plain text");
  CHECK(records[0].category == &ch07::UserWarning);
  CHECK(records[0].file == "07_warnings_test.cpp");
  CHECK(records[0].line == line);
}

// Python's stacklevel=2: the place is an argument.
void deprecated_api(
    std::source_location where = std::source_location::current()) {
  ch07::warn("use the new one", ch07::DeprecationWarning, where);
}

TEST_CASE("r09: a function can warn of its caller's line") {
  const CatchWarnings log(Record::yes);
  ch07::simplefilter("always");
  deprecated_api();
  const unsigned line = __LINE__ - 1;
  REQUIRE(log.records().size() == 1);
  CHECK(log.records()[0].line == line);
}

// ---------------------------------------------------------------------------
// r10: which filter decides

TEST_CASE("r10.plain: resource warnings and deprecations are not shown") {
  const CatchWarnings log(Record::yes);
  ch07::warn("unclosed", ch07::ResourceWarning);
  ch07::warn("old", ch07::DeprecationWarning);
  ch07::warn("soon old", ch07::PendingDeprecationWarning);
  ch07::warn("bad import", ch07::ImportWarning);
  ch07::warn("never awaited", ch07::RuntimeWarning);
  REQUIRE(log.records().size() == 1);
  CHECK(log.records()[0].text == "never awaited");
}

TEST_CASE("r10.plain: a filter that is set later is asked first") {
  const CatchWarnings log(Record::yes);
  ch07::simplefilter("always", ch07::ResourceWarning);
  ch07::filterwarnings("ignore", "noise");
  ch07::warn("NOISE is matched without case");
  ch07::warn("quiet noise is not: match is at the start");
  REQUIRE(log.records().size() == 1);
  CHECK(log.records()[0].text == "quiet noise is not: match is at the start");
  ch07::warn("unclosed", ch07::ResourceWarning);
  CHECK(log.records().size() == 2);
  ch07::warn("noise unclosed", ch07::ResourceWarning);
  CHECK(log.records().size() == 2);
}

TEST_CASE("r10.bad: unknown actions are refused") {
  const CatchWarnings guard;
  const std::string problem = "invalid action: 'sometimes'";
  CHECK(message_of([] { ch07::simplefilter("sometimes"); }) == problem);
  CHECK(message_of([] { ch07::filterwarnings("sometimes"); }) == problem);
  // No abbreviations, and no empty name.
  CHECK(message_of([] { ch07::simplefilter("e"); }) == "invalid action: 'e'");
  CHECK(message_of([] { ch07::simplefilter(""); }) == "invalid action: ''");
  CHECK(message_of([] { ch07::simplefilter("it's"); }) ==
        "invalid action: \"it's\"");
}

TEST_CASE("r10: a filter's text is how a warning begins, in any case") {
  const auto ignored = [](std::string_view beginning, std::string_view text) {
    const CatchWarnings log(Record::yes);
    ch07::filterwarnings("ignore", beginning);
    ch07::warn(text);
    return log.records().empty();
  };
  CHECK(ignored("noise", "noise and more"));
  CHECK(ignored("NoIsE", "nOiSe"));
  CHECK(ignored("unclosed file (", "Unclosed FILE (7)"));
  CHECK(ignored("", "anything"));
  CHECK(ignored("", ""));
  CHECK_FALSE(ignored("noise", "quiet noise"));
  CHECK_FALSE(ignored("noise", "nois"));
  // No patterns: each character matches only itself.
  CHECK_FALSE(ignored(".*noise", "quiet noise"));
  CHECK_FALSE(ignored("a|b", "a"));
  for (int byte = 0; byte < 256; ++byte) {
    const std::string text = std::string("x") + static_cast<char>(byte) + "y";
    INFO("byte " << byte);
    CHECK(ignored(text, text + " and more"));
    CHECK_FALSE(ignored(text, "x_other"));
  }
  CHECK(ignored(std::string(1'000'000, 'a'), std::string(1'000'000, 'A')));
}

TEST_CASE("r10: a filter for a category takes those made from it") {
  const CatchWarnings log(Record::yes);
  ch07::simplefilter("ignore", ch07::UserWarning);
  ch07::warn("mine", kMyWarning);
  ch07::warn("not", ch07::RuntimeWarning);
  REQUIRE(log.records().size() == 1);
  CHECK(log.records()[0].text == "not");
  ch07::simplefilter("always", kMyWarning);
  ch07::warn("mine", kMyWarning);
  ch07::warn("user");
  CHECK(log.records().size() == 2);
}

TEST_CASE("r10: a filter that was there is moved to the front") {
  const CatchWarnings log(Record::yes);
  ch07::simplefilter("always", ch07::UserWarning);
  ch07::simplefilter("error", ch07::UserWarning);
  CHECK_THROWS_AS(ch07::warn("raised"), ch07::WarningError);
  ch07::simplefilter("always", ch07::UserWarning);
  ch07::warn("shown");
  CHECK(log.records().size() == 1);
  // No filter is there twice: a hundred thousand would take hours.
  for (int i = 0; i < 100'000; ++i) {
    ch07::simplefilter(i % 2 == 0 ? "error" : "always", ch07::UserWarning);
  }
  ch07::warn("shown");
  CHECK(log.records().size() == 2);
}

// ---------------------------------------------------------------------------
// catch_warnings and the hooks

TEST_CASE("catch_warnings: filters and function come back, inside out") {
  std::string outer;
  {
    const CatchWarnings guard;
    ch07::simplefilter("always");
    ch07::set_showwarning([&outer](const ch07::WarningMessage& message) {
      outer += message.text;
    });
    {
      const CatchWarnings log(Record::yes);
      ch07::simplefilter("ignore", ch07::ResourceWarning);
      ch07::warn("hidden", ch07::ResourceWarning);
      ch07::warn("inner");
      {
        const CatchWarnings inner_log(Record::yes);
        ch07::simplefilter("ignore");
        ch07::warn("innermost");
        CHECK(inner_log.records().empty());
      }
      ch07::warn("inner again");
      CHECK(log.records().size() == 2);
    }
    ch07::warn("outer", ch07::ResourceWarning);
    CHECK(outer == "outer");
  }
  StandardError standard_error;
  ch07::warn("hidden", ch07::ResourceWarning);
  ch07::warn("after", ch07::UserWarning, places::kF);
  CHECK(standard_error.text() == "f:1: UserWarning: after\n");
}

TEST_CASE("catch_warnings: its start and end forget what was shown") {
  const CatchWarnings log(Record::yes);
  const auto warn_a = [] { ch07::warn("A", ch07::UserWarning, places::kF); };
  warn_a();
  {
    const CatchWarnings guard;
    warn_a();
    warn_a();
  }
  warn_a();
  CHECK(log.records().size() == 3);
}

TEST_CASE("catch_warnings: left by an exception") {
  try {
    const CatchWarnings guard;
    ch07::simplefilter("error");
    ch07::warn("out");
    FAIL("nothing was thrown");
  } catch (const ch07::WarningError&) {
    SUCCEED();
  }
  const CatchWarnings log(Record::yes);
  ch07::warn("shown");
  CHECK(log.records().size() == 1);
}

TEST_CASE("showwarning: an empty function restores standard error") {
  const CatchWarnings guard;
  ch07::simplefilter("always");
  int calls = 0;
  ch07::set_showwarning([&calls](const ch07::WarningMessage&) { ++calls; });
  ch07::warn("one");
  CHECK(calls == 1);
  ch07::set_showwarning({});
  StandardError standard_error;
  ch07::warn("two", ch07::UserWarning, places::kF);
  CHECK(standard_error.text() == "f:1: UserWarning: two\n");
  CHECK(calls == 1);
}

TEST_CASE("showwarning: the function may warn, filter and replace itself") {
  const CatchWarnings guard;
  ch07::simplefilter("default");
  std::vector<std::string> texts;
  ch07::set_showwarning([&texts](const ch07::WarningMessage& message) {
    texts.push_back(message.text);
    ch07::warn("from the hook", ch07::UserWarning, places::kHook);
    if (texts.size() == 2) {
      ch07::set_showwarning({});
      ch07::simplefilter("ignore");
    }
  });
  ch07::warn("first");
  CHECK(texts == std::vector<std::string>{"first", "from the hook"});
  ch07::warn("ignored now");
  CHECK(texts.size() == 2);
}

namespace {

const std::string kTooDeep =
    "Exception ignored in: a hook of warnings\n"
    "std::runtime_error: maximum recursion depth exceeded\n";

}  // namespace

TEST_CASE("showwarning: a function that warns without end is stopped") {
  const int each = GENERATE(1, 2);  // warnings
  int calls = 0;
  StandardError standard_error;
  {
    const CatchWarnings guard;
    ch07::simplefilter("always");
    ch07::set_showwarning([&](const ch07::WarningMessage&) {
      if (++calls > 1000) throw std::runtime_error("not stopped");
      for (int i = 0; i < each; ++i) {
        ch07::warn("again", ch07::UserWarning, places::kHook);
      }
    });
    ch07::warn("first");
    CHECK(calls == 50);
    // It is called again for the next one.
    ch07::set_showwarning([&](const ch07::WarningMessage&) { ++calls; });
    ch07::warn("next");
    CHECK(calls == 51);
  }
  const std::string text = standard_error.text();
  CHECK(count(text, kTooDeep) == 1);
  CHECK(count(text, "hook:1: UserWarning: again\n") == (each == 1 ? 1U : 51U));
}

TEST_CASE("showwarning: one that forgets what was shown is also stopped") {
  int calls = 0;
  StandardError standard_error;
  {
    const CatchWarnings guard;
    ch07::simplefilter("default");
    ch07::set_showwarning([&](const ch07::WarningMessage& message) {
      if (++calls > 1000) throw std::runtime_error("not stopped");
      ch07::simplefilter("default");
      ch07::warn(message.text, *message.category, places::kHook);
    });
    ch07::warn("first");
  }
  CHECK(calls == 50);
  CHECK(count(standard_error.text(), kTooDeep) == 1);
}

TEST_CASE("showwarning: a function may warn while it goes") {
  // Warns when it is destroyed with the function that holds it.
  struct Parting {
    ~Parting() { ch07::warn("parting"); }
  };
  const CatchWarnings guard;
  ch07::simplefilter("always");
  StandardError standard_error;
  ch07::set_showwarning(
      [held = std::make_shared<Parting>()](const ch07::WarningMessage&) {});
  ch07::set_showwarning({});
  CHECK(count(standard_error.text(), "UserWarning: parting") == 1);
}

TEST_CASE("showwarning: the function can be asked for, and called") {
  const CatchWarnings guard;
  ch07::simplefilter("always");
  CHECK_FALSE(ch07::get_showwarning());
  std::vector<std::string> texts;
  ch07::set_showwarning([&](const ch07::WarningMessage& message) {
    texts.push_back(message.text);
  });
  ch07::set_showwarning(
      [&, before = ch07::get_showwarning()](ch07::WarningMessage message) {
        message.text += "!";
        before(message);
      });
  ch07::warn("hello");
  CHECK(texts == std::vector<std::string>{"hello!"});
}

TEST_CASE("showwarning: what the function throws reaches the caller of warn") {
  const CatchWarnings guard;
  ch07::set_showwarning(
      [](const ch07::WarningMessage&) { throw std::logic_error("broken"); });
  CHECK_THROWS_AS(ch07::warn("text"), std::logic_error);
}

// ---------------------------------------------------------------------------
// r01, r03: warnings from destructors

TEST_CASE("r01.plain: an unclosed loop is not mentioned by default") {
  StandardError standard_error;
  const CatchWarnings log(Record::yes);
  {
    const Loop loop;
  }
  CHECK(log.records().empty());
  CHECK(standard_error.text().empty());
}

TEST_CASE("r01.always: an unclosed loop is shown each time") {
  const CatchWarnings log(Record::yes);
  ch07::simplefilter("always", ch07::ResourceWarning);
  {
    const Loop loop;
  }
  {
    const Loop loop;
  }
  REQUIRE(log.records().size() == 2);
  CHECK(log.records()[0].text == "unclosed event loop <Loop>");
  CHECK(log.records()[0].file == "07_warnings_test.cpp");
}

TEST_CASE(
    "r01.error: an error in a destructor is reported, and goes no "
    "further") {
  StandardError standard_error;
  bool went_on = false;
  {
    const CatchWarnings guard;
    ch07::simplefilter("error");
    {
      const Loop loop;
    }
    went_on = true;
  }
  CHECK(went_on);
  CHECK(standard_error.text() ==
        "Exception ignored in: <Loop>\n"
        "ResourceWarning: unclosed event loop <Loop>\n");
}

TEST_CASE(
    "r03.error: in a destructor that runs while another exception "
    "unwinds") {
  StandardError standard_error;
  const CatchWarnings guard;
  ch07::simplefilter("error");
  try {
    const Loop loop;
    throw std::runtime_error("the real problem");
  } catch (const std::runtime_error& error) {
    CHECK(std::string(error.what()) == "the real problem");
  }
  CHECK(standard_error.text() ==
        "Exception ignored in: <Loop>\n"
        "ResourceWarning: unclosed event loop <Loop>\n");
}

TEST_CASE("r03.error: whatever a hook throws stays in the destructor") {
  const auto reported = [](ch07::ShowWarning hook) {
    StandardError standard_error;
    {
      const CatchWarnings guard;
      ch07::simplefilter("always");
      ch07::set_showwarning(std::move(hook));
      const Loop loop;
    }
    return standard_error.text();
  };
  CHECK(reported([](const ch07::WarningMessage&) { throw std::bad_alloc(); }) ==
        "Exception ignored in: <Loop>\nstd::bad_alloc: std::bad_alloc\n");
  CHECK(reported([](const ch07::WarningMessage&) {
          throw std::runtime_error("broken");
        }) == "Exception ignored in: <Loop>\nstd::runtime_error: broken\n");
  CHECK(reported([](const ch07::WarningMessage&) { throw 42; }) ==
        "Exception ignored in: <Loop>\nint: 42\n");
}

TEST_CASE("a pipe without a reader ends no program") {
  CHECK(child::run([] {
          ::dup2(child::closed_pipe(), STDERR_FILENO);
          ch07::warn("lost");
          ch07::simplefilter("error");
          {
            const Loop loop;  // reports that its warning is an error
          }
          return 0;
        }) == "exit 0");
}

// ---------------------------------------------------------------------------
// threads, and the end of the program

TEST_CASE("fork: a child can warn, whatever other threads were doing") {
  const CatchWarnings guard;
  ch07::set_showwarning([](const ch07::WarningMessage&) {});  // keeps none
  const auto work = [] {
    ch07::simplefilter("default");
    ch07::filterwarnings("default", "text", ch07::ResourceWarning);
    ch07::warn("text", ch07::ResourceWarning);
  };
  std::atomic<bool> done = false;
  std::vector<std::thread> threads;
  for (int i = 0; i < 2; ++i) {
    threads.emplace_back([&] {
      while (!done) {
        work();
        std::this_thread::yield();
      }
    });
  }
  int ended = 0;
  for (std::string end = "exit 0"; end == "exit 0" && ended < 64;) {
    end = child::run([&] {
      const CatchWarnings log(Record::yes);
      work();
      return log.records().size() == 1 ? 0 : 1;
    });
    CHECK(end == "exit 0");
    ++ended;
  }
  done = true;
  for (std::thread& thread : threads) thread.join();
  CHECK(ended == 64);
}

TEST_CASE("threads: whole lines, none lost") {
  constexpr int kThreads = 4;
  constexpr int kWarnings = 1000;
  StandardError standard_error;
  {
    const CatchWarnings guard;
    ch07::simplefilter("always");
    std::vector<std::thread> threads;
    threads.reserve(4);
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([t] {
        for (int i = 0; i < kWarnings; ++i) {
          ch07::warn("from thread " + std::to_string(t) + ", number " +
                         std::to_string(i),
                     ch07::UserWarning, places::kF);
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
  }
  const std::string text = standard_error.text();
  int next[kThreads] = {};
  int lines = 0;
  for (std::size_t at = 0; at < text.size(); ++lines) {
    const auto end = text.find('\n', at);
    REQUIRE(end != std::string::npos);
    const std::string line = text.substr(at, end - at);
    at = end + 1;
    int t = -1;
    int i = -1;
    REQUIRE(std::sscanf(line.c_str(),
                        "f:1: UserWarning: from thread %d, number %d", &t,
                        &i) == 2);
    REQUIRE(t >= 0);
    REQUIRE(t < kThreads);
    REQUIRE(i == next[t]);  // in each thread's order
    ++next[t];
  }
  CHECK(lines == kThreads * kWarnings);
}

TEST_CASE("threads: default shows a place once, whichever comes first") {
  const CatchWarnings log(Record::yes);
  ch07::simplefilter("default");
  std::vector<std::thread> threads;
  threads.reserve(4);
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([] {
      for (unsigned i = 0; i < 100; ++i) {
        ch07::warn(std::to_string(i), ch07::UserWarning, places::kF);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(log.records().size() == 100);
}

TEST_CASE("threads: filters and hooks change while others warn") {
  const CatchWarnings log(Record::yes);
  std::vector<std::thread> threads;
  threads.reserve(4);
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&log] {
      for (int i = 0; i < 200; ++i) {
        ch07::warn("text", ch07::ResourceWarning);
        static_cast<void>(log.records());
      }
    });
  }
  for (int i = 0; i < 200; ++i) {
    ch07::filterwarnings(i % 2 == 0 ? "always" : "ignore", "text",
                         ch07::ResourceWarning);
    ch07::set_showwarning([](const ch07::WarningMessage&) {});
  }
  for (std::thread& thread : threads) thread.join();
  SUCCEED();
}

TEST_CASE("exit: destructors of static objects can still warn") {
  StandardError standard_error;
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    ch07::simplefilter("always");  // state that could be destroyed
    last_words.armed = true;
    std::exit(7);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  const std::string text = standard_error.text();
  REQUIRE(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 7);
  CHECK(text == "f:1: RuntimeWarning: still here\n");
}
