// The parts of common: clocks, descriptors, places, texts, references.

#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <coroutine>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <new>
#include <optional>
#include <source_location>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <tuple>
#include <type_traits>
#include <typeinfo>
#include <utility>
#include <vector>

#include "common/clock.hpp"
#include "common/output.hpp"
#include "common/place.hpp"
#include "common/print.hpp"
#include "common/recycled.hpp"
#include "common/ref.hpp"
#include "common/repr.hpp"
#include "common/trace/trace.hpp"
#include "common/unique_fd.hpp"
#include "tests/catch.hpp"
#include "tests/pieces/child.hpp"

using namespace std::chrono_literals;
using common::function_name;
using common::Ref;
using common::repr;
using common::short_repr;
using common::UniqueFd;

// ---------------------------------------------------------------------------
// clock

TEST_CASE("clock: the virtual one moves when somebody waits on it") {
  common::VirtualClock clock;
  CHECK(clock.is_virtual());
  CHECK(clock.now() == 0ns);
  clock.sleep(100ms);
  CHECK(clock.now() == 100ms);
  clock.advance(1ns);
  CHECK(clock.now() == 100ms + 1ns);
  CHECK(clock.resolution() == 1ns);
}

TEST_CASE("clock: the virtual one stands still for zero and less") {
  common::VirtualClock clock;
  clock.sleep(1s);
  clock.sleep(0s);
  clock.sleep(-5s);
  clock.advance(-1ns);
  clock.sleep(std::chrono::nanoseconds::min());
  CHECK(clock.now() == 1s);
}

TEST_CASE("clock: the system's never goes back, and sleeps long enough") {
  common::SystemClock& clock = common::system_clock();
  CHECK(&clock == &common::system_clock());
  CHECK_FALSE(clock.is_virtual());
  auto before = clock.now();
  for (int i = 0; i < 1000; ++i) {
    const auto now = clock.now();
    REQUIRE(now >= before);
    before = now;
  }
  clock.sleep(2ms);
  CHECK(clock.now() - before >= 2ms);
  clock.sleep(-1h);
}

TEST_CASE("clock: a coarse reading is on the same scale, and never later") {
  common::VirtualClock unmoved;
  unmoved.sleep(100ms);
  CHECK(unmoved.coarse_now(1h) == 100ms);
  const common::SystemClock& clock = common::system_clock();
  for (const std::chrono::nanoseconds behind : {0ns, 1ns, 3600'000'000'000ns}) {
    const auto before = clock.now();
    const auto coarse = clock.coarse_now(behind);
    CHECK(coarse <= clock.now());
    CHECK(coarse >= before - behind);
  }
}

TEST_CASE("clock: seconds for texts") {
  CHECK(common::to_seconds(1500ms) == 1.5);
  CHECK(common::to_seconds(0ns) == 0.0);
  CHECK(common::to_seconds(-1s) == -1.0);
}

// ---------------------------------------------------------------------------
// file descriptors

namespace {

bool is_open(int fd) { return ::fcntl(fd, F_GETFD) >= 0; }

int some_fd() {
  const int fd = ::dup(STDERR_FILENO);
  REQUIRE(fd >= 0);
  return fd;
}

}  // namespace

TEST_CASE("UniqueFd: closes what it owns") {
  const int fd = some_fd();
  {
    const UniqueFd owner(fd);
    CHECK(owner);
    CHECK(owner.get() == fd);
    CHECK(is_open(fd));
  }
  CHECK_FALSE(is_open(fd));
  const UniqueFd none;
  CHECK_FALSE(none);
  CHECK(none.get() == -1);
}

TEST_CASE("UniqueFd: moves, and the one moved from owns nothing") {
  const int fd = some_fd();
  UniqueFd from(fd);
  UniqueFd to(std::move(from));
  CHECK(from.get() == -1);  // NOLINT: moved from, on purpose
  CHECK(to.get() == fd);

  const int other = some_fd();
  UniqueFd third(other);
  third = std::move(to);
  CHECK_FALSE(is_open(other));
  CHECK(is_open(fd));
  CHECK(third.get() == fd);
}

TEST_CASE("UniqueFd: survives a move to itself") {
  const int fd = some_fd();
  UniqueFd owner(fd);
  UniqueFd& same = owner;
  owner = std::move(same);
  CHECK(owner.get() == fd);
  CHECK(is_open(fd));
}

TEST_CASE("UniqueFd: release gives away, reset closes") {
  const int fd = some_fd();
  UniqueFd owner(fd);
  CHECK(owner.release() == fd);
  CHECK_FALSE(owner);
  CHECK(is_open(fd));

  owner.reset(fd);
  const int other = some_fd();
  owner.reset(other);
  CHECK_FALSE(is_open(fd));
  owner.reset();
  CHECK_FALSE(is_open(other));
  CHECK_FALSE(owner);
}

TEST_CASE("pipes and socket pairs: non-blocking, closed on exec, connected") {
  const bool socket = GENERATE(false, true);
  const auto pair = socket ? common::make_socket_pair() : common::make_pipe();
  for (const int fd : {pair.read.get(), pair.write.get()}) {
    CHECK((::fcntl(fd, F_GETFL) & O_NONBLOCK) != 0);
    CHECK((::fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0);
  }
  char byte = 0;
  CHECK(::read(pair.read.get(), &byte, 1) == -1);
  CHECK((errno == EAGAIN || errno == EWOULDBLOCK));
  CHECK(::write(pair.write.get(), "x", 1) == 1);
  CHECK(::read(pair.read.get(), &byte, 1) == 1);
  CHECK(byte == 'x');
  if (socket) {
    CHECK(::write(pair.read.get(), "y", 1) == 1);
    CHECK(::read(pair.write.get(), &byte, 1) == 1);
  }
}

TEST_CASE("throw_errno: what was tried, and why it failed") {
  try {
    errno = EBADF;
    common::throw_errno("epoll_ctl(ADD, fd 7)");
  } catch (const std::system_error& error) {
    CHECK(std::string(error.what()) ==
          "epoll_ctl(ADD, fd 7): Bad file descriptor");
    CHECK(error.code() == std::errc::bad_file_descriptor);
  }
}

// ---------------------------------------------------------------------------
// places

namespace {

std::string name_here(
    std::source_location where = std::source_location::current()) {
  return function_name(where);
}

// Notes where its coroutine is defined, and where it waits.
struct Noting {
  struct promise_type {
    explicit promise_type(
        std::source_location where = std::source_location::current())
        : names{function_name(where)} {}
    Noting get_return_object() {
      return {std::coroutine_handle<promise_type>::from_promise(*this)};
    }
    std::suspend_never initial_suspend() { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { throw; }
    std::suspend_never await_transform(
        int, std::source_location where = std::source_location::current()) {
      names.push_back(function_name(where));
      return {};
    }
    std::vector<std::string> names;
  };

  std::coroutine_handle<promise_type> handle;

  // Ends the coroutine.
  std::vector<std::string> names() {
    auto result = handle.promise().names;
    handle.destroy();
    return result;
  }
};

}  // namespace

namespace app {

std::string plain(int) { return name_here(); }
std::map<int, std::function<void(int)>> returns_map(std::string& name) {
  name = name_here();
  return {};
}
const char* const& returns_reference(std::string& name) {
  static const char* const text = "";
  name = name_here();
  return text;
}
Noting coroutine(int) { co_await 1; }

namespace {
std::string hidden(int) { return name_here(); }
Noting hidden_coroutine(int) { co_await 1; }
}  // namespace

struct Class {
  std::string member() const { return name_here(); }
  static std::string no_object() { return name_here(); }
  Noting coroutine() { co_await 1; }
  std::string operator()(int) const { return name_here(); }
  std::string operator<(int) const { return name_here(); }
  std::string operator->*(int) const { return name_here(); }
  std::string operator[](int) const { return name_here(); }
  std::string in_lambda() const {
    return [this] { return static_cast<void>(this), name_here(); }();
  }
};

template <class T>
struct Template {
  std::string member(const T&) { return name_here(); }
  Noting coroutine(T) { co_await 1; }
  template <class U>
  std::string member_template(U) {
    return name_here();
  }
};

template <class T>
std::string function_template(const std::map<T, int>&) {
  return name_here();
}
template <class T>
Noting coroutine_template(T) {
  co_await 1;
}
template <class T>
std::string lambda_in_template(const T&) {
  return [] { return name_here(); }();
}

}  // namespace app

TEST_CASE("function_name: of functions, as this compiler spells them") {
  CHECK(app::plain(1) == "app::plain");
  CHECK(app::hidden(1) == "app::hidden");
  std::string name;
  app::returns_map(name);
  CHECK(name == "app::returns_map");
  app::returns_reference(name);
  CHECK(name == "app::returns_reference");
  const app::Class object;
  CHECK(object.member() == "app::Class::member");
  CHECK(object.no_object() == "app::Class::no_object");
  CHECK(object(1) == "app::Class::operator()");
  CHECK((object < 1) == "app::Class::operator<");
  CHECK(object->*1 == "app::Class::operator->*");
  CHECK(object[1] == "app::Class::operator[]");
}

TEST_CASE("function_name: of lambdas, as this compiler spells them") {
  const auto lambdas = [] {
    return [](int, const std::string&) mutable { return name_here(); }(1, "");
  }();
  const auto end = lambdas.size();
  CHECK(lambdas.substr(end - 20) == "::<lambda>::<lambda>");
  CHECK(app::Class().in_lambda() == "app::Class::in_lambda::<lambda>");
  CHECK(app::lambda_in_template(std::string()) ==
        "app::lambda_in_template::<lambda>");
}

TEST_CASE("function_name: of templates, as this compiler spells them") {
  app::Template<std::string> object;
  CHECK(object.member("") == "app::Template::member");
  CHECK(object.member_template(1) == "app::Template::member_template");
  CHECK(app::function_template<std::string>({}) == "app::function_template");
}

TEST_CASE("function_name: of coroutines, where defined and where waiting") {
  using Names = std::vector<std::string>;
  const auto twice = [](const char* name) { return Names{name, name}; };
  CHECK(app::coroutine(1).names() == twice("app::coroutine"));
  CHECK(app::hidden_coroutine(1).names() == twice("app::hidden_coroutine"));
  CHECK(app::Class().coroutine().names() == twice("app::Class::coroutine"));
  CHECK(app::Template<std::string>().coroutine("").names() ==
        twice("app::Template::coroutine"));
  CHECK(app::coroutine_template(std::string()).names() ==
        twice("app::coroutine_template"));
  const auto lambda = [](int) -> Noting { co_await 1; };
  for (const auto& name : lambda(1).names()) {
    CHECK(name.substr(name.size() - 10) == "::<lambda>");
    CHECK(name.find('(') == std::string::npos);
  }
}

TEST_CASE("function_name: signatures of several compilers") {
  const std::vector<std::pair<std::string, std::string>> samples = {
      {"", ""},
      {"main", "main"},
      {"int main()", "main"},
      {"void app::{anonymous}::plain(plain(int)::"
       "_ZN3app12_GLOBAL__N_15plainEi.Frame*)",
       "app::plain"},
      {"C app::(anonymous namespace)::plain(int)", "app::plain"},
      {"void main()::<lambda(int)>::operator()(main()::<lambda(int)>::"
       "_ZZ4mainENKUliE0_clEi.Frame*)",
       "main::<lambda>"},
      {"auto main()::(anonymous class)::operator()(int) const",
       "main::<lambda>"},
      // GCC: a lambda that is no coroutine
      {"main()::<lambda(int)>", "main::<lambda>"},
      {"main()::<lambda(int, std::string)> mutable", "main::<lambda>"},
      {"main()::<lambda(auto:12)> [with auto:12 = int]", "main::<lambda>"},
      {"<lambda(int)>", "<lambda>"},
      {"app::S::lam()::<lambda()>::<lambda(int)>",
       "app::S::lam::<lambda>::<lambda>"},
      {"auto app::S::lam()::(anonymous class)::operator()()::(anonymous "
       "class)::operator()(int) const",
       "app::S::lam::<lambda>::<lambda>"},
      {"more::Q::c() const::<lambda()>", "more::Q::c::<lambda>"},
      {"more::Q::n() const &::<lambda()>", "more::Q::n::<lambda>"},
      {"more::tl<std::__cxx11::basic_string<char> >(std::__cxx11::"
       "basic_string<char>)::<lambda()>",
       "more::tl::<lambda>"},
      {"Coroutine<std::function<void(int)> > app::foo(std::map<int, int>) "
       "[with T = int]",
       "app::foo"},
      {"Coroutine<std::function<void (int)>> app::foo(std::map<int, int>) "
       "[T = int]",
       "app::foo"},
      {"void app::Tm<std::__cxx11::basic_string<char> >::co(app::Tm<std::"
       "__cxx11::basic_string<char> >::co(std::__cxx11::basic_string<char>)::"
       "_ZN3app2TmI.Frame*)",
       "app::Tm::co"},
      {"Co<T> app::Tm<T>::co(T) [with T = std::__cxx11::basic_string<char>]",
       "app::Tm::co"},
      {"void more::Ch<')'>::m() [C = ')']", "more::Ch::m"},
      {"void more::Ch<'\\''>::m() [C = '\\'']", "more::Ch::m"},
      {"S &app::S::operator<<(int)", "app::S::operator<<"},
      {"bool app::S::operator<(const app::S&) const", "app::S::operator<"},
      {"S *app::S::operator->()", "app::S::operator->"},
      {"Co<> app::S::operator()(std::string)", "app::S::operator()"},
      {"more::Q::operator bool() const", "more::Q::operator bool"},
      {"bool more::Q::operator bool() const", "more::Q::operator bool"},
      {"void more::operator_like()", "more::operator_like"},
      {"const char *const &app::cref()", "app::cref"},
      {"int (* app::fptr(int))(double)", "app::fptr"},
      {"auto (*more::fp2())(int) -> int", "more::fp2"},
      {"int (&more::ar())[3]", "more::ar"},
      {"decltype(auto) app::da(int)", "app::da"},
      {"decltype (t.size()) more::dc(T) [with T = int]", "more::dc"},
      {"decltype (t->size()) more::dc(T) [with T = S*]", "more::dc"},
      {"<dependent type> more::dc(T) [T = int]", "more::dc"},
      {"void more::<unnamed struct>::m()", "more::<unnamed>::m"},
      {"void more::(anonymous struct)::m()", "more::<unnamed>::m"},
      {"app::S::~S()", "app::S::~S"},
      {"void app::cb(void (*)(int), int (&)[3])", "app::cb"},
  };
  for (const auto& [signature, name] : samples) {
    INFO(signature);
    CHECK(function_name(signature) == name);
  }
}

TEST_CASE("function_name: whatever the text, it comes to an end") {
  const std::string text =
      "int app::(anonymous class)<lambda(a<'(' -> [x] "
      "{operator<}>::operator()(b) const [with c]";
  for (std::size_t from = 0; from < text.size(); ++from) {
    for (std::size_t size = 0; from + size <= text.size(); ++size) {
      function_name(std::string_view(text).substr(from, size));
    }
  }
  function_name(std::string(100'000, '('));
  SUCCEED();
}

TEST_CASE("file_line: the file without its folders") {
  const auto where = std::source_location::current();
  const unsigned line = __LINE__ - 1;
  CHECK(common::file_name(where) == "00_common_test.cpp");
  CHECK(common::file_line(where) ==
        "00_common_test.cpp:" + std::to_string(line));
}

TEST_CASE("demangled: names of types") {
  CHECK(common::demangled(typeid(std::runtime_error).name()) ==
        "std::runtime_error");
  CHECK(common::demangled(typeid(int).name()) == "int");
  CHECK(common::demangled("no such name") == "no such name");
}

TEST_CASE("thread_name: MainThread runs main(), even if another asks first") {
  std::string other;
  std::thread([&other] { other = common::thread_name(); }).join();
  CHECK(other.substr(0, 7) == "Thread-");
  CHECK(common::thread_name() == "MainThread");
}

TEST_CASE("thread_name: the same one each time, another for each thread") {
  const std::string mine(common::thread_name());
  CHECK(common::thread_name() == mine);
  static_assert(std::is_same_v<decltype(common::thread_name()), std::string>,
                "a name outlives its thread");
  std::string others[2];
  for (std::string& other : others) {
    std::thread([&other] { other = common::thread_name(); }).join();
    CHECK(other.substr(0, 7) == "Thread-");
    CHECK(other != mine);
  }
  CHECK(others[0] != others[1]);
}

// ---------------------------------------------------------------------------
// output

namespace {

bool is_blocked(int signal) {
  sigset_t mask;
  ::pthread_sigmask(SIG_BLOCK, nullptr, &mask);
  return sigismember(&mask, signal) == 1;
}

bool is_pending(int signal) {
  sigset_t pending;
  ::sigpending(&pending);
  return sigismember(&pending, signal) == 1;
}

std::string failure(int fd) {
  try {
    common::write_text(fd, "text", "a pipe");
  } catch (const std::system_error& error) {
    return error.what();
  }
  return "(no failure)";
}

}  // namespace

TEST_CASE("output: a pipe without a reader is an error, and no signal") {
  CHECK(child::run([] {
          const bool failed =
              failure(child::closed_pipe()) == "write(a pipe): Broken pipe";
          return failed && !is_pending(SIGPIPE) && !is_blocked(SIGPIPE) ? 0 : 1;
        }) == "exit 0");
  CHECK(child::run([] {
          std::FILE* const file = ::fdopen(child::closed_pipe(), "w");
          try {
            common::write_text(file, "text", "a file");
          } catch (const std::system_error& error) {
            return error.code() == std::errc::broken_pipe ? 0 : 1;
          }
          return 2;
        }) == "exit 0");
  CHECK(child::run([] {
          ::dup2(child::closed_pipe(), STDERR_FILENO);
          common::write_error("text");
          return 0;
        }) == "exit 0");
}

TEST_CASE("output: what was blocked or pending stays so") {
  CHECK(child::run([] {
          sigset_t set;
          sigemptyset(&set);
          sigaddset(&set, SIGPIPE);
          ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
          const int fd = child::closed_pipe();
          failure(fd);
          if (is_pending(SIGPIPE) || !is_blocked(SIGPIPE)) return 1;
          ::raise(SIGPIPE);
          failure(fd);
          return is_pending(SIGPIPE) && is_blocked(SIGPIPE) ? 0 : 2;
        }) == "exit 0");
}

TEST_CASE("print: lines come in the order in which they were written") {
  std::FILE* const file = std::tmpfile();
  REQUIRE(file != nullptr);
  CHECK(child::run([file] {
          ::dup2(::fileno(file), STDOUT_FILENO);
          ::dup2(::fileno(file), STDERR_FILENO);
          std::setvbuf(stdout, nullptr, _IOFBF, BUFSIZ);
          common::print("one {}", 1);
          std::fputs("two\n", stderr);
          common::print("three");
          return 0;
        }) == "exit 0");
  char text[100] = {};
  std::rewind(file);
  const std::size_t size = std::fread(text, 1, sizeof text, file);
  std::fclose(file);
  CHECK(std::string(text, size) == "one 1\ntwo\nthree\n");
}

TEST_CASE("print: a line that cannot be written is an error") {
  const auto print_to = [](int fd) {
    ::dup2(fd, STDOUT_FILENO);
    std::setvbuf(stdout, nullptr, _IOFBF, BUFSIZ);
    try {
      common::print("lost");
    } catch (const std::system_error& error) {
      return error.code().value();
    }
    return 0;
  };
  CHECK(child::run([&] { return print_to(child::closed_pipe()); }) ==
        "exit " + std::to_string(EPIPE));
  CHECK(child::run([&] { return print_to(::open("/dev/null", O_RDONLY)); }) ==
        "exit " + std::to_string(EBADF));
  if (::access("/dev/full", W_OK) != 0) return;
  CHECK(child::run([&] { return print_to(::open("/dev/full", O_WRONLY)); }) ==
        "exit " + std::to_string(ENOSPC));
}

TEST_CASE("output: a trace into a closed pipe is an error, too") {
  const std::string name = "/tmp/trace-" + std::to_string(::getpid());
  REQUIRE(::mkfifo(name.c_str(), 0600) == 0);
  CHECK(child::run([&] {
          {
            const int reader = ::open(name.c_str(), O_RDONLY | O_NONBLOCK);
            common::VirtualClock clock;
            common::Trace trace(name, clock, "test");
            ::close(reader);
          }
          return common::take_trace_error() ? 0 : 1;
        }) == "exit 0");
  ::unlink(name.c_str());
}

// ---------------------------------------------------------------------------
// repr

namespace {

struct Speaking {
  std::string text;
  std::string repr() const { return text; }
};
struct Mute {};
struct OddError {};

template <class Error>
std::exception_ptr made(const Error& error) {
  return std::make_exception_ptr(error);
}

std::string with_quotes(const std::string& text) { return "'" + text + "'"; }

}  // namespace

TEST_CASE("repr: numbers") {
  CHECK(repr(true) == "True");
  CHECK(repr(false) == "False");
  CHECK(repr(42LL) == "42");
  CHECK(repr(18446744073709551615ULL) == "18446744073709551615");
  CHECK(repr(15.5) == "15.5");
  CHECK(repr(16.0) == "16.0");
  CHECK(repr(1e15) == "1000000000000000.0");
  CHECK(repr(1e16) == "1e+16");
  CHECK(repr(0.1) == "0.1");
  CHECK(repr(0.0001) == "0.0001");
  CHECK(repr(0.00001) == "1e-05");
  CHECK(repr(-0.0) == "-0.0");
  CHECK(repr(1.0 / 3) == "0.3333333333333333");
  CHECK(repr(std::numeric_limits<double>::infinity()) == "inf");
  CHECK(repr(std::numeric_limits<double>::quiet_NaN()) == "nan");
}

TEST_CASE("repr: texts choose their quotes") {
  CHECK(repr(std::string_view("plain")) == "'plain'");
  CHECK(repr(std::string("plain")) == "'plain'");
  CHECK(repr("plain") == "'plain'");  // not True
  CHECK(repr("") == "''");
  CHECK(repr("it's") == "\"it's\"");
  CHECK(repr("say \"hi\"") == "'say \"hi\"'");
  CHECK(repr("it's \"hi\"") == "'it\\'s \"hi\"'");
  CHECK(repr("a\\b") == "'a\\\\b'");
  CHECK(repr("a\nb\rc\td") == "'a\\nb\\rc\\td'");
  CHECK(repr(std::string_view("\0\x1b\x7f", 3)) == "'\\x00\\x1b\\x7f'");
  CHECK(repr("\xc3\xa4") == "'\xc3\xa4'");
}

TEST_CASE("repr: exceptions") {
  CHECK(repr(made(std::runtime_error("late"))) == "std::runtime_error('late')");
  CHECK(repr(made(std::runtime_error("it's"))) ==
        "std::runtime_error(\"it's\")");
  CHECK(repr(made(std::runtime_error(""))) == "std::runtime_error()");
  CHECK(repr(std::exception_ptr()) == "None");
  CHECK(repr(made(42)) == "int(42)");
  CHECK(repr(made("late")) == "char const*('late')");
  CHECK(repr(made(std::string("late"))) == "std::string('late')");
  CHECK(common::describe(made("late")) == "char const*: late");
  CHECK(repr(made(OddError())) == "OddError()");
  CHECK(common::describe(made(std::runtime_error("late"))) ==
        "std::runtime_error: late");
  CHECK(common::describe(made(std::runtime_error(""))) == "std::runtime_error");
  CHECK(common::describe(made(OddError())) == "OddError");
  CHECK(common::describe(nullptr) == "None");
  CHECK(common::type_name(made(std::bad_alloc())) == "std::bad_alloc");
  // t11: an exception is never cut by repr
  std::string bad;
  for (int i = 0; i < 30; ++i) bad += "bad ";
  CHECK(repr(made(std::logic_error(bad))) ==
        "std::logic_error(" + with_quotes(bad) + ")");
}

TEST_CASE("t11: results as the golden text shows them") {
  CHECK(short_repr(42) == "42");
  CHECK(short_repr(std::string(100, 'x')) == "'xxxxxxxxxxxx...xxxxxxxxxxxxx'");
  std::vector<int> numbers;
  numbers.reserve(20);
  std::map<int, int> map;
  for (int i = 0; i < 20; ++i) numbers.push_back(i);
  for (int i = 0; i < 9; ++i) map[i] = i;
  CHECK(short_repr(numbers) == "[0, 1, 2, 3, 4, 5, ...]");
  CHECK(short_repr(map) == "{0: 0, 1: 1, 2: 2, 3: 3, ...}");
  CHECK(short_repr(std::tuple(1)) == "(1,)");
}

TEST_CASE("t11: exactly at the limits nothing is cut") {
  CHECK(short_repr(std::string(28, 'x')) == with_quotes(std::string(28, 'x')));
  CHECK(short_repr(std::string(29, 'x')) == "'xxxxxxxxxxxx...xxxxxxxxxxxxx'");
  CHECK(short_repr(std::vector<int>{0, 1, 2, 3, 4, 5}) == "[0, 1, 2, 3, 4, 5]");
  CHECK(short_repr(std::vector<int>{0, 1, 2, 3, 4, 5, 6}) ==
        "[0, 1, 2, 3, 4, 5, ...]");
  CHECK(short_repr(std::map<int, int>{{1, 1}, {2, 2}, {3, 3}, {4, 4}}) ==
        "{1: 1, 2: 2, 3: 3, 4: 4}");
  CHECK(short_repr(std::tuple(0, 1, 2, 3, 4, 5)) == "(0, 1, 2, 3, 4, 5)");
  CHECK(short_repr(std::tuple(0, 1, 2, 3, 4, 5, 6, 7)) ==
        "(0, 1, 2, 3, 4, 5, ...)");
}

TEST_CASE("short_repr: a letter of several bytes is not cut in two") {
  std::string text = "x";
  for (int i = 0; i < 20; ++i) text += "\xc3\xa4";
  const std::string shown = short_repr(text);
  for (std::size_t i = 0; i < shown.size(); ++i) {
    if (shown[i] == '\xc3') {
      REQUIRE(i + 1 < shown.size());
      CHECK(shown[++i] == '\xa4');
    } else {
      CHECK(shown[i] != '\xa4');
    }
  }
}

TEST_CASE("short_repr: values of all kinds") {
  CHECK(short_repr(true) == "True");
  CHECK(short_repr('x') == "'x'");
  CHECK(short_repr(2.0f) == "2.0");
  CHECK(short_repr(static_cast<unsigned char>(200)) == "200");
  CHECK(short_repr(std::numeric_limits<long long>::min()) ==
        "-9223372036854775808");
  CHECK(short_repr("text") == "'text'");
  CHECK(short_repr(nullptr) == "None");
  CHECK(short_repr(std::optional<int>()) == "None");
  CHECK(short_repr(std::optional<int>(3)) == "3");
  CHECK(short_repr(std::vector<bool>{true, false}) == "[True, False]");
  CHECK(short_repr(std::vector<std::string>{"a", "b"}) == "['a', 'b']");
  CHECK(short_repr(std::vector<int>()) == "[]");
  CHECK(short_repr(std::map<int, int>()) == "{}");
  CHECK(short_repr(std::tuple()) == "()");
  CHECK(short_repr(std::pair(1, std::string("b"))) == "(1, 'b')");
  CHECK(short_repr(std::vector<std::vector<int>>{{1}, {2}}) == "[[1], [2]]");
  CHECK(short_repr(made(std::runtime_error("late"))) ==
        "std::runtime_error('late')");
}

TEST_CASE("short_repr: types of one's own") {
  CHECK(short_repr(Speaking{"<Task pending>"}) == "<Task pending>");
  CHECK(short_repr(Speaking{"<Task finished name='Task-1' x.py:748>"}) ==
        "<Task finishe...k-1' x.py:748>");
  CHECK(short_repr(std::tuple(Speaking{""}, 1)) == "(, 1)");
  CHECK(short_repr(Mute()) == "<unprintable>");
  CHECK(short_repr(std::make_unique<Speaking>(Speaking{"<it>"})) == "<it>");
  CHECK(short_repr(std::unique_ptr<Speaking>()) == "None");
}

// ---------------------------------------------------------------------------
// references

namespace {

struct Counted : common::RefCounted {
  explicit Counted(std::vector<std::string>& events) : log(events) {}
  ~Counted() override { log.emplace_back("destroyed"); }
  void dispose() noexcept override {
    log.emplace_back(name());
    common::RefCounted::dispose();
  }
  virtual const char* name() const { return "base"; }

  std::vector<std::string>& log;
};

struct Derived final : Counted {
  using Counted::Counted;
  const char* name() const override { return "derived"; }
};

const std::vector<std::string> kDisposed = {"base", "destroyed"};

}  // namespace

TEST_CASE("Ref: the object lives as long as somebody holds it") {
  std::vector<std::string> log;
  {
    Ref<Counted> first(new Counted(log));
    CHECK(first->refs() == 1);
    {
      const Ref<Counted> second = first;  // NOLINT: the copy counts
      CHECK(first->refs() == 2);
      CHECK(second == first);
      CHECK(second.get() == first.get());
    }
    CHECK(first->refs() == 1);
    CHECK(log.empty());
  }
  CHECK(log == kDisposed);
}

TEST_CASE("Ref: moves do not count") {
  std::vector<std::string> log;
  Ref<Counted> first(new Counted(log));
  Ref<Counted> second = std::move(first);
  CHECK_FALSE(first);  // NOLINT(bugprone-use-after-move)
  CHECK(second->refs() == 1);
  first = std::move(second);
  CHECK(first->refs() == 1);
  CHECK_FALSE(second);  // NOLINT(bugprone-use-after-move)
  first = nullptr;
  CHECK(log == kDisposed);
}

TEST_CASE("Ref: assigning to itself changes nothing") {
  std::vector<std::string> log;
  Ref<Counted> ref(new Counted(log));
  Ref<Counted>& same = ref;
  ref = same;
  CHECK(ref->refs() == 1);
  ref = std::move(same);
  REQUIRE(ref);
  CHECK(ref->refs() == 1);
  CHECK(log.empty());
}

TEST_CASE("Ref: assigning lets the old object go") {
  std::vector<std::string> log;
  std::vector<std::string> other_log;
  Ref<Counted> ref(new Counted(log));
  const Ref<Counted> other(new Counted(other_log));
  ref = other;
  CHECK(log == kDisposed);
  CHECK(other->refs() == 2);
  CHECK(other_log.empty());
}

TEST_CASE("Ref: detach and adopt hand a reference over uncounted") {
  std::vector<std::string> log;
  Ref<Counted> ref(new Counted(log));
  Counted* const object = ref.detach();
  CHECK_FALSE(ref);
  CHECK(object->refs() == 1);
  ref = Ref<Counted>::adopt(object);
  CHECK(object->refs() == 1);
  ref = {};
  CHECK(log == kDisposed);
}

TEST_CASE("Ref: to a base, whose dispose() is the derived class's") {
  std::vector<std::string> log;
  {
    Ref<Derived> derived(new Derived(log));
    const Ref<Counted> base = derived;
    CHECK(base->refs() == 2);
    const Ref<Counted> moved = std::move(derived);
    CHECK(moved->refs() == 2);
    CHECK_FALSE(derived);  // NOLINT(bugprone-use-after-move)
  }
  CHECK(log == std::vector<std::string>{"derived", "destroyed"});
}

TEST_CASE("Ref: none") {
  const Ref<Counted> none;
  const Ref<Counted> null(nullptr);
  const Ref<Counted> pointer(static_cast<Counted*>(nullptr));
  CHECK_FALSE(none);
  CHECK(none == null);
  CHECK(none == pointer);
  CHECK(none == nullptr);
  const Ref<Counted> copy = none;  // NOLINT: a copy on purpose
  CHECK_FALSE(copy);
}

// ---------------------------------------------------------------------------
// recycled memory

TEST_CASE("recycled: blocks of all sizes do not overlap") {
  std::vector<std::pair<unsigned char*, std::size_t>> blocks;
  for (int round = 0; round < 3; ++round) {
    for (std::size_t size = 0; size < 600; size += 7) {
      auto* block = static_cast<unsigned char*>(common::recycled_new(size));
      for (std::size_t i = 0; i < size; ++i) {
        block[i] = static_cast<unsigned char>(size);
      }
      blocks.emplace_back(block, size);
    }
    for (const auto& [block, size] : blocks) {
      for (std::size_t i = 0; i < size; ++i) {
        REQUIRE(block[i] == static_cast<unsigned char>(size));
      }
      common::recycled_delete(block, size);
    }
    blocks.clear();
  }
}

namespace {

// AddressSanitizer's builds keep no blocks.
#if defined(__SANITIZE_ADDRESS__)
constexpr bool kRecycles = false;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
constexpr bool kRecycles = false;
#else
constexpr bool kRecycles = true;
#endif
#else
constexpr bool kRecycles = true;
#endif

}  // namespace

TEST_CASE("recycled: freed in another thread, and after the lists are full") {
  constexpr std::size_t kMost = 16384;
  std::vector<void*> blocks;
  blocks.reserve(kMost + 1000);
  for (std::size_t i = 0; i < kMost + 1000; ++i) {
    blocks.push_back(common::recycled_new(40));
  }
  const std::size_t here = common::recycled_bytes();
  std::size_t kept = 1;
  std::thread([&blocks, &kept] {
    for (void* block : blocks) common::recycled_delete(block, 40);
    kept = common::recycled_bytes();
  }).join();
  CHECK(common::recycled_bytes() == here);
  // 40 bytes are rounded up to 48.
  CHECK(kept == (kRecycles ? kMost * 48 : 0));
}
