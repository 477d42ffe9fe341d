// The selector's contract. The tests that begin with the name of a case compare
// with the output of CPython for that program.
//
// To judge another selector by the same tests, describe it as DefaultSelector
// is described below, and add it to Selectors.

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <any>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <limits>
#include <map>
#include <memory>
#include <new>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include "chapters/01_selector/selector.hpp"
#include "common/unique_fd.hpp"
#include "tests/catch.hpp"

namespace {

std::atomic<std::size_t> allocations = 0;

}  // namespace

// Every allocation of this program is counted. If these functions were inlined,
// GCC would see new paired with free(), and warn.
[[gnu::noinline]] void* operator new(std::size_t size) {
  ++allocations;
  if (void* const block = std::malloc(size > 0 ? size : 1)) return block;
  throw std::bad_alloc();
}
[[gnu::noinline]] void* operator new(std::size_t size,
                                     const std::nothrow_t&) noexcept {
  ++allocations;
  return std::malloc(size > 0 ? size : 1);
}
[[gnu::noinline]] void operator delete(void* block) noexcept {
  std::free(block);
}
[[gnu::noinline]] void operator delete(void* block, std::size_t) noexcept {
  std::free(block);
}

namespace {

using ch01::EVENT_READ;
using ch01::EVENT_WRITE;
using ch01::EventMask;
using ch01::Selector;
using ch01::SelectorKey;
using common::FdPair;
using common::UniqueFd;
using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

struct DefaultSelector {
  static std::unique_ptr<Selector> make() { return ch01::default_selector(); }
#if !__has_include(<sys/event.h>)
  static constexpr std::string_view kName = "EpollSelector";
  static constexpr std::string_view kClosed =
      "I/O operation on closed epoll object";
  static constexpr bool kWatchesFiles = false;
  static constexpr bool kWholeMilliseconds = true;  // rounds up to them
#else
  static constexpr std::string_view kName = "KqueueSelector";
  static constexpr std::string_view kClosed =
      "I/O operation on closed kqueue object";
  static constexpr bool kWatchesFiles = true;
  static constexpr bool kWholeMilliseconds = false;
#endif
  // Does register_fd() ask the kernel, so that it can refuse a bad fd?
  static constexpr bool kAsksAtOnce = true;
};

using Selectors = std::tuple<DefaultSelector>;

// The text of the exception that function throws, which must be an Error.
template <class Error, class Function>
std::string refusal(Function function) {
  try {
    function();
  } catch (const Error& error) {
    return error.what();
  }
  return "(nothing was thrown)";
}

// The same for a refusal of the kernel: its error number.
template <class Function>
int kernel_refusal(Function function) {
  try {
    function();
  } catch (const std::system_error& error) {
    return error.code().value();
  }
  return 0;
}

std::string not_registered(int fd) {
  return std::to_string(fd) + " is not registered";
}

std::string already_registered(int fd) {
  const std::string number = std::to_string(fd);
  return number + " (FD " + number + ") is already registered";
}

// A number that belongs to no open file.
int closed_fd() {
  const FdPair pipe = common::make_pipe();
  return pipe.read.get();
}

void put(int fd, std::string_view bytes) {
  REQUIRE(::write(fd, bytes.data(), bytes.size()) ==
          static_cast<ssize_t>(bytes.size()));
}

void take(int fd) {
  char byte;
  REQUIRE(::read(fd, &byte, 1) == 1);
}

// The descriptors that are ready now, with their events.
std::map<int, EventMask> poll(Selector& selector) {
  std::map<int, EventMask> ready;
  for (const auto& [key, events] : selector.select(nanoseconds(0))) {
    CHECK(ready.emplace(key->fd, events).second);  // each fd at most once
  }
  return ready;
}

using Ready = std::map<int, EventMask>;

// How long select() waited, when nothing was ready.
nanoseconds wait(Selector& selector, Selector::Timeout timeout) {
  const auto start = steady_clock::now();
  const auto ready = selector.select(timeout);
  const auto end = steady_clock::now();
  CHECK(ready.empty());
  return end - start;
}

// Long enough for a busy machine.
constexpr nanoseconds kSoon = seconds(20);

}  // namespace

TEMPLATE_LIST_TEST_CASE(
    "s01 the selector has a name, a descriptor, and no keys", "[selector]",
    Selectors) {
  const auto selector = TestType::make();
  CHECK(selector->name() == TestType::kName);
  CHECK(selector->fileno() >= -1);
  REQUIRE(selector->get_map() != nullptr);
  CHECK(selector->get_map()->empty());
  STATIC_REQUIRE(EVENT_READ == 1);
  STATIC_REQUIRE(EVENT_WRITE == 2);
}

TEST_CASE("s01 the default selector is the platform's best") {
  CHECK(ch01::default_selector()->name() == DefaultSelector::kName);
}

TEMPLATE_LIST_TEST_CASE("s02 register returns the key, get_key finds it",
                        "[selector]", Selectors) {
  const FdPair pipe = common::make_pipe();
  const int r = pipe.read.get();
  const int w = pipe.write.get();
  const auto selector = TestType::make();
  const SelectorKey& key =
      selector->register_fd(r, EVENT_READ, std::string("payload"));
  CHECK(key.fd == r);
  CHECK(key.events == 1);
  CHECK(std::any_cast<std::string>(key.data) == "payload");
  CHECK(&selector->get_key(r) == &key);

  const Selector::KeyMap* const map = selector->get_map();
  CHECK(map->size() == 1);
  CHECK(&map->at(r) == &key);

  const SelectorKey& second =
      selector->register_fd(w, EVENT_READ | EVENT_WRITE);
  CHECK(second.fd == w);
  CHECK(second.events == 3);
  CHECK_FALSE(second.data.has_value());
  // The map is a live one, and keys stay where they are.
  CHECK(map == selector->get_map());
  CHECK(map->size() == 2);
  CHECK(&selector->get_key(r) == &key);
}

TEMPLATE_LIST_TEST_CASE("s02 get_key refuses a descriptor it does not know",
                        "[selector]", Selectors) {
  const auto selector = TestType::make();
  CHECK(refusal<std::out_of_range>([&] { selector->get_key(5); }) ==
        not_registered(5));
}

TEMPLATE_LIST_TEST_CASE("s03 every way register refuses", "[selector]",
                        Selectors) {
  const FdPair pipe = common::make_pipe();
  const int r = pipe.read.get();
  const auto selector = TestType::make();
  const auto attempt = [&](int fd, EventMask events) {
    return [&selector, fd, events] { selector->register_fd(fd, events); };
  };
  CHECK(refusal<std::invalid_argument>(attempt(r, 0)) == "Invalid events: 0");
  CHECK(refusal<std::invalid_argument>(attempt(r, 4)) == "Invalid events: 4");
  CHECK(refusal<std::invalid_argument>(attempt(r, 5)) == "Invalid events: 5");
  CHECK(refusal<std::invalid_argument>(attempt(-1, EVENT_READ)) ==
        "Invalid file descriptor: -1");
  CHECK(selector->get_map()->empty());

  selector->register_fd(r, EVENT_READ, 1);
  CHECK(refusal<std::out_of_range>(attempt(r, EVENT_WRITE)) ==
        already_registered(r));
  // The first registration is unchanged.
  CHECK(selector->get_key(r).events == EVENT_READ);
  CHECK(std::any_cast<int>(selector->get_key(r).data) == 1);
  // Events are checked before the descriptor, as in Python.
  CHECK(refusal<std::invalid_argument>(attempt(-1, 0)) == "Invalid events: 0");
  CHECK(selector->get_map()->size() == 1);
}

TEMPLATE_LIST_TEST_CASE("s03 what the kernel refuses is not registered",
                        "[selector]", Selectors) {
  if (!TestType::kAsksAtOnce) return;
  const auto selector = TestType::make();
  const int closed = closed_fd();
  CHECK(kernel_refusal([&] { selector->register_fd(closed, EVENT_READ); }) ==
        EBADF);
  CHECK(selector->get_map()->empty());
#if !__has_include(<sys/event.h>)
  CHECK(refusal<std::system_error>([&] {
          selector->register_fd(closed, EVENT_READ);
        }) == "epoll_ctl(ADD, fd " + std::to_string(closed) +
                  "): Bad file descriptor");
#endif
  if (!TestType::kWatchesFiles) {
    std::FILE* const file = std::tmpfile();
    REQUIRE(file != nullptr);
    const int fd = ::fileno(file);
    CHECK(kernel_refusal([&] { selector->register_fd(fd, EVENT_READ); }) ==
          EPERM);
    std::fclose(file);
  }
  CHECK(selector->get_map()->empty());
  // The number can be registered again.
  const FdPair pipe = common::make_pipe();
  CHECK(selector->register_fd(pipe.read.get(), EVENT_READ).events == 1);
}

TEMPLATE_LIST_TEST_CASE("s04 unregister returns the key, once", "[selector]",
                        Selectors) {
  const FdPair pipe = common::make_pipe();
  const int r = pipe.read.get();
  const auto selector = TestType::make();
  selector->register_fd(r, EVENT_READ, std::string("d"));
  const SelectorKey key = selector->unregister(r);
  CHECK(key.fd == r);
  CHECK(key.events == 1);
  CHECK(std::any_cast<std::string>(key.data) == "d");
  CHECK(refusal<std::out_of_range>([&] { selector->unregister(r); }) ==
        not_registered(r));
  CHECK(selector->get_map()->empty());
  // It reports nothing any more.
  put(pipe.write.get(), "x");
  CHECK(poll(*selector).empty());
}

TEMPLATE_LIST_TEST_CASE("s04 a descriptor that was closed can be unregistered",
                        "[selector]", Selectors) {
  FdPair pipe = common::make_pipe();
  const int r = pipe.read.get();
  const int w = pipe.write.get();
  const auto selector = TestType::make();
  selector->register_fd(r, EVENT_READ);
  selector->register_fd(w, EVENT_WRITE);
  pipe.read.reset();
  CHECK(selector->unregister(r).fd == r);
  CHECK(selector->get_map()->size() == 1);
  pipe.write.reset();
  CHECK(selector->unregister(w).events == 2);
  CHECK(selector->get_map()->empty());
}

TEMPLATE_LIST_TEST_CASE("s05 modify changes events and data", "[selector]",
                        Selectors) {
  const FdPair sockets = common::make_socket_pair();
  const int fd = sockets.read.get();
  const auto selector = TestType::make();
  const SelectorKey& key = selector->register_fd(fd, EVENT_READ, 1);
  CHECK(poll(*selector).empty());

  const SelectorKey& changed = selector->modify(fd, EVENT_WRITE, 2);
  CHECK(&changed == &key);
  CHECK(key.events == EVENT_WRITE);
  CHECK(std::any_cast<int>(key.data) == 2);
  CHECK(poll(*selector) == Ready{{fd, EVENT_WRITE}});

  selector->modify(fd, EVENT_READ | EVENT_WRITE, 3);
  put(sockets.write.get(), "x");
  CHECK(poll(*selector) == Ready{{fd, EVENT_READ | EVENT_WRITE}});

  CHECK(refusal<std::out_of_range>([&] { selector->modify(fd + 1, 1); }) ==
        not_registered(fd + 1));
}

TEMPLATE_LIST_TEST_CASE("s05 new data alone does not ask the kernel",
                        "[selector]", Selectors) {
  if (!TestType::kAsksAtOnce) return;
  FdPair pipe = common::make_pipe();
  const int r = pipe.read.get();
  const auto selector = TestType::make();
  selector->register_fd(r, EVENT_READ, 1);
  pipe.read.reset();
  // A system call would be refused now.
  const SelectorKey& key = selector->modify(r, EVENT_READ, 2);
  CHECK(std::any_cast<int>(key.data) == 2);
  CHECK(selector->get_map()->size() == 1);
}

TEMPLATE_LIST_TEST_CASE("s05 modify to no events: the fd reports nothing",
                        "[selector]", Selectors) {
  FdPair sockets = common::make_socket_pair();
  const int fd = sockets.read.get();
  const auto selector = TestType::make();
  selector->register_fd(fd, EVENT_READ | EVENT_WRITE);
  put(sockets.write.get(), "x");
  CHECK(selector->modify(fd, 0).events == 0);
  CHECK(poll(*selector).empty());
  sockets.write.reset();  // not even a hang-up
  CHECK(poll(*selector).empty());
  selector->modify(fd, EVENT_READ);
  CHECK(poll(*selector) == Ready{{fd, EVENT_READ}});
}

TEMPLATE_LIST_TEST_CASE("s05 modify of a closed fd throws and drops the key",
                        "[selector]", Selectors) {
  if (!TestType::kAsksAtOnce) return;
  FdPair pipe = common::make_pipe();
  const int w = pipe.write.get();
  const auto selector = TestType::make();
  selector->register_fd(w, EVENT_WRITE);
  pipe.write.reset();
  CHECK(kernel_refusal([&] { selector->modify(w, EVENT_READ); }) == EBADF);
  CHECK(selector->get_map()->empty());
  CHECK(refusal<std::out_of_range>([&] { selector->get_key(w); }) ==
        not_registered(w));
}

TEMPLATE_LIST_TEST_CASE("s06 select waits as long as asked, never shorter",
                        "[selector]", Selectors) {
  const FdPair pipe = common::make_pipe();
  const auto selector = TestType::make();
  selector->register_fd(pipe.read.get(), EVENT_READ);
  CHECK(wait(*selector, nanoseconds(0)) < kSoon);
  CHECK(wait(*selector, seconds(-1)) < kSoon);
  CHECK(wait(*selector, nanoseconds::min()) < kSoon);
  for (const nanoseconds asked :
       {nanoseconds(1), nanoseconds(microseconds(100)),
        nanoseconds(milliseconds(20)), nanoseconds(microseconds(20'100))}) {
    CAPTURE(asked.count());
    const auto least = TestType::kWholeMilliseconds
                           ? nanoseconds(std::chrono::ceil<milliseconds>(asked))
                           : asked;
    const auto waited = wait(*selector, asked);
    CHECK(waited >= least);
    CHECK(waited < asked + kSoon);
  }
  put(pipe.write.get(), "!");
  CHECK(selector->select(std::nullopt).size() == 1);
}

TEMPLATE_LIST_TEST_CASE("s06 a very long timeout is a long one", "[selector]",
                        Selectors) {
  const FdPair pipe = common::make_pipe();
  const auto selector = TestType::make();
  selector->register_fd(pipe.read.get(), EVENT_READ);
  for (const nanoseconds asked :
       {nanoseconds(seconds(86'400)), nanoseconds(hours(24 * 25)),
        nanoseconds(hours(24 * 50)), nanoseconds::max()}) {
    CAPTURE(asked.count());
    // If the number overflowed, select would return immediately, with nothing.
    std::thread later([&] {
      std::this_thread::sleep_for(milliseconds(20));
      const char byte = 'x';
      static_cast<void>(!::write(pipe.write.get(), &byte, 1));
    });
    const auto start = steady_clock::now();
    const auto ready = selector->select(asked);
    const auto waited = steady_clock::now() - start;
    later.join();
    CHECK(ready.size() == 1);
    CHECK(waited < kSoon);
    take(pipe.read.get());
  }
}

TEMPLATE_LIST_TEST_CASE("s06 select without a timeout waits until one is ready",
                        "[selector]", Selectors) {
  const FdPair pipe = common::make_pipe();
  const auto selector = TestType::make();
  selector->register_fd(pipe.read.get(), EVENT_READ);
  std::thread later([&] {
    std::this_thread::sleep_for(milliseconds(30));
    const char byte = 'x';
    static_cast<void>(!::write(pipe.write.get(), &byte, 1));
  });
  const auto ready = selector->select(std::nullopt);
  later.join();
  REQUIRE(ready.size() == 1);
  CHECK(ready[0].key == &selector->get_key(pipe.read.get()));
  CHECK(ready[0].events == EVENT_READ);
}

TEMPLATE_LIST_TEST_CASE("s07 the mask: level triggered, only what was asked",
                        "[selector]", Selectors) {
  FdPair sockets = common::make_socket_pair();
  const int a = sockets.read.get();
  const int b = sockets.write.get();
  const auto selector = TestType::make();
  selector->register_fd(a, EVENT_READ | EVENT_WRITE);
  CHECK(poll(*selector) == Ready{{a, 2}});  // idle
  put(b, "x");
  CHECK(poll(*selector) == Ready{{a, 3}});  // data
  CHECK(poll(*selector) == Ready{{a, 3}});  // and again
  selector->modify(a, EVENT_READ);
  CHECK(poll(*selector) == Ready{{a, 1}});  // read only
  take(a);
  CHECK(poll(*selector).empty());  // drained
  sockets.write.reset();
  CHECK(poll(*selector) == Ready{{a, 1}});  // peer closed, read only
  selector->modify(a, EVENT_WRITE);
  CHECK(poll(*selector) == Ready{{a, 2}});  // peer closed, write only
  selector->unregister(a);

  FdPair pipe = common::make_pipe();
  const int r = pipe.read.get();
  selector->register_fd(r, EVENT_READ);
  pipe.write.reset();
  CHECK(poll(*selector) == Ready{{r, 1}});  // a hang-up alone
}

TEMPLATE_LIST_TEST_CASE("s07 a hang-up or an error ends every wait",
                        "[selector]", Selectors) {
  FdPair pipe = common::make_pipe();
  const int w = pipe.write.get();
  // Full, so that it is not ready for writing.
  const std::string much(65'536, 'x');
  while (::write(w, much.data(), much.size()) > 0) {
  }
  const auto selector = TestType::make();
  selector->register_fd(w, EVENT_WRITE);
  CHECK(poll(*selector).empty());
  pipe.read.reset();  // no one will ever read it: an error
  CHECK(poll(*selector) == Ready{{w, EVENT_WRITE}});

  FdPair sockets = common::make_socket_pair();
  const int a = sockets.read.get();
  selector->register_fd(a, EVENT_READ | EVENT_WRITE);
  sockets.write.reset();
  CHECK(poll(*selector)[a] == (EVENT_READ | EVENT_WRITE));
}

TEMPLATE_LIST_TEST_CASE("s08 after close, every method", "[selector]",
                        Selectors) {
  const FdPair pipe = common::make_pipe();
  const int r = pipe.read.get();
  const auto selector = TestType::make();
  selector->register_fd(r, EVENT_READ);
  selector->close();
  CHECK(selector->get_map() == nullptr);
  CHECK(refusal<std::runtime_error>([&] { selector->get_key(r); }) ==
        "Selector is closed");
  CHECK(refusal<std::invalid_argument>([&] {
          selector->register_fd(r, EVENT_READ);
        }) == TestType::kClosed);
  CHECK(refusal<std::out_of_range>([&] { selector->unregister(r); }) ==
        not_registered(r));
  CHECK(refusal<std::out_of_range>([&] { selector->modify(r, EVENT_WRITE); }) ==
        not_registered(r));
  CHECK(refusal<std::invalid_argument>(
            [&] { selector->select(nanoseconds(0)); }) == TestType::kClosed);
  CHECK(refusal<std::invalid_argument>(
            [&] { selector->select(std::nullopt); }) == TestType::kClosed);
  CHECK(refusal<std::invalid_argument>([&] {
          static_cast<void>(selector->fileno());
        }) == TestType::kClosed);
  CHECK(selector->name() == TestType::kName);
  CHECK_NOTHROW(selector->close());
  CHECK(selector->get_map() == nullptr);
}

TEMPLATE_LIST_TEST_CASE("s08 close gives up the data of the keys", "[selector]",
                        Selectors) {
  const FdPair pipe = common::make_pipe();
  const auto selector = TestType::make();
  const auto data = std::make_shared<int>(1);
  selector->register_fd(pipe.read.get(), EVENT_READ, data);
  CHECK(data.use_count() == 2);
  selector->close();
  CHECK(data.use_count() == 1);
  // The descriptors are the caller's: they are still open.
  put(pipe.write.get(), "x");
  take(pipe.read.get());
}

TEMPLATE_LIST_TEST_CASE("s08 a closed selector has no descriptor left",
                        "[selector]", Selectors) {
  const auto selector = TestType::make();
  const int fd = selector->fileno();
  if (fd < 0) return;  // a selector without a descriptor is fine
  CHECK(::fcntl(fd, F_GETFD) == FD_CLOEXEC);
  selector->close();
  CHECK(::fcntl(fd, F_GETFD) == -1);
}

TEMPLATE_LIST_TEST_CASE("a wait that fails says why", "[selector]", Selectors) {
  const auto selector = TestType::make();
  const FdPair pipe = common::make_pipe();
  const int fd = selector->fileno();
  if (fd < 0) return;
  // What the kernel's object was is a pipe now.
  REQUIRE(::dup2(pipe.read.get(), fd) == fd);
  CHECK(refusal<std::system_error>([&] {
          selector->select(nanoseconds(0));
        }).find("(): ") != std::string::npos);
}

TEMPLATE_LIST_TEST_CASE("s09 a number that is used again is still taken",
                        "[selector]", Selectors) {
  FdPair old = common::make_pipe();
  const int r = old.read.get();
  const auto selector = TestType::make();
  selector->register_fd(r, EVENT_READ, std::string("old"));
  // Closed without unregister; then another file gets the number.
  FdPair fresh = common::make_pipe();
  old.read.reset();
  const UniqueFd again(::dup2(fresh.read.get(), r));
  REQUIRE(again.get() == r);
  CHECK(refusal<std::out_of_range>([&] {
          selector->register_fd(r, EVENT_READ);
        }) == already_registered(r));
  CHECK(std::any_cast<std::string>(selector->get_key(r).data) == "old");
  if (TestType::kAsksAtOnce) {
    // The kernel watches files, not numbers: it does not know the new file.
    put(fresh.write.get(), "x");
    CHECK(poll(*selector).empty());
  }
  // After unregister, the number is free.
  selector->unregister(r);
  selector->register_fd(r, EVENT_READ, std::string("new"));
  if (!TestType::kAsksAtOnce) put(fresh.write.get(), "x");
  CHECK(poll(*selector) == Ready{{r, EVENT_READ}});
}

TEMPLATE_LIST_TEST_CASE(
    "s09 a file that lives on under another number is ignored", "[selector]",
    Selectors) {
  FdPair pipe = common::make_pipe();
  const FdPair other = common::make_pipe();
  const int r = pipe.read.get();
  const auto selector = TestType::make();
  selector->register_fd(r, EVENT_READ);
  selector->register_fd(other.read.get(), EVENT_READ);
  // The kernel forgets a file when its last number is closed. This one has two,
  // so the kernel still reports the first, which cannot be unregistered now.
  const UniqueFd copy(::dup(r));
  REQUIRE(copy);
  pipe.read.reset();
  selector->unregister(r);
  put(pipe.write.get(), "x");
  CHECK(poll(*selector).empty());
  // It does not disturb the others.
  put(other.write.get(), "x");
  Ready seen;
  for (int i = 0; i < 3; ++i) seen.merge(poll(*selector));
  CHECK(seen == Ready{{other.read.get(), EVENT_READ}});
}

namespace {

std::atomic<int> alarms = 0;

void on_alarm(int) { ++alarms; }

// Sends SIGALRM every few milliseconds while it lives; its handler makes system
// calls return with EINTR.
class Alarms {
 public:
  Alarms() {
    alarms = 0;
    struct sigaction action{};
    action.sa_handler = on_alarm;  // without SA_RESTART
    REQUIRE(::sigaction(SIGALRM, &action, &before_) == 0);
    send_every(milliseconds(2));
  }
  Alarms(const Alarms&) = delete;
  Alarms& operator=(const Alarms&) = delete;
  ~Alarms() {
    send_every(milliseconds(0));
    ::sigaction(SIGALRM, &before_, nullptr);
  }

 private:
  static void send_every(milliseconds time) {
    itimerval timer{};
    timer.it_value.tv_usec = static_cast<suseconds_t>(time.count() * 1'000);
    timer.it_interval = timer.it_value;
    ::setitimer(ITIMER_REAL, &timer, nullptr);
  }

  struct sigaction before_{};
};

}  // namespace

TEMPLATE_LIST_TEST_CASE("a signal does not end the waiting", "[selector]",
                        Selectors) {
  const FdPair pipe = common::make_pipe();
  const auto selector = TestType::make();
  selector->register_fd(pipe.read.get(), EVENT_READ);
  const Alarms signals;
  const auto waited = wait(*selector, milliseconds(60));
  CHECK(waited >= milliseconds(60));
  CHECK(waited < kSoon);  // and the wait did not start again, either
  CHECK(alarms > 0);
}

TEMPLATE_LIST_TEST_CASE("a signal does not end a wait without a timeout",
                        "[selector]", Selectors) {
  const FdPair pipe = common::make_pipe();
  const auto selector = TestType::make();
  selector->register_fd(pipe.read.get(), EVENT_READ);
  // The writer writes when signals have come; so select has been interrupted.
  std::thread later([&] {
    sigset_t mask;
    ::sigemptyset(&mask);
    ::sigaddset(&mask, SIGALRM);
    ::pthread_sigmask(SIG_BLOCK, &mask, nullptr);
    const auto give_up = steady_clock::now() + kSoon;
    while (alarms < 5 && steady_clock::now() < give_up) {
      std::this_thread::sleep_for(milliseconds(2));
    }
    const char byte = 'x';
    static_cast<void>(!::write(pipe.write.get(), &byte, 1));
  });
  const Alarms signals;
  const auto ready = selector->select(std::nullopt);
  later.join();
  CHECK(ready.size() == 1);
}

TEMPLATE_LIST_TEST_CASE("select allocates nothing once all is registered",
                        "[selector]", Selectors) {
  std::vector<FdPair> pipes;
  const auto selector = TestType::make();
  for (int i = 0; i < 50; ++i) {
    pipes.push_back(common::make_pipe());
    selector->register_fd(pipes.back().read.get(), EVENT_READ);
    selector->register_fd(pipes.back().write.get(), EVENT_WRITE);
    put(pipes.back().write.get(), "x");
  }
  REQUIRE(selector->select(nanoseconds(0)).size() == 100);
  std::size_t ready = 0;
  const std::size_t before = allocations;
  for (int i = 0; i < 100; ++i) {
    ready += selector->select(nanoseconds(0)).size();
    ready += selector->select(std::nullopt).size();
    ready += selector->select(milliseconds(5)).size();
  }
  const std::size_t after = allocations;
  CHECK(ready == 30'000);
  CHECK(after - before == 0);
}

TEMPLATE_LIST_TEST_CASE("all that are ready are reported, few or many",
                        "[selector]", Selectors) {
  const auto selector = TestType::make();
  CHECK(poll(*selector).empty());  // no keys are registered: that is fine
  std::vector<FdPair> sockets;
  Ready expected;
  for (int i = 0; i < 300; ++i) {
    sockets.push_back(common::make_socket_pair());
    const int fd = sockets.back().read.get();
    selector->register_fd(fd, EVENT_READ | EVENT_WRITE);
    put(sockets.back().write.get(), "x");
    expected[fd] = EVENT_READ | EVENT_WRITE;
  }
  CHECK(poll(*selector) == expected);
  // Fewer keys, fewer answers; then more again.
  for (int i = 0; i < 299; ++i) {
    const int fd = sockets[static_cast<std::size_t>(i)].read.get();
    selector->unregister(fd);
    expected.erase(fd);
  }
  CHECK(poll(*selector) == expected);
  selector->register_fd(sockets[0].read.get(), EVENT_READ);
  expected[sockets[0].read.get()] = EVENT_READ;
  CHECK(poll(*selector) == expected);
}

TEMPLATE_LIST_TEST_CASE("ten thousand descriptors", "[selector]", Selectors) {
  constexpr std::size_t kPairs = 5'000;
  rlimit limit{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &limit) == 0);
  const rlimit before = limit;
  const rlim_t needed = 2 * kPairs + 200;
  if (limit.rlim_cur < needed) {
    limit.rlim_cur = needed;
    if (limit.rlim_max < needed) limit.rlim_max = needed;
    if (::setrlimit(RLIMIT_NOFILE, &limit) != 0) {
      WARN("skipped: this process may not open 10,000 files");
      return;
    }
  }
  {
    const auto selector = TestType::make();
    std::vector<FdPair> sockets;
    for (std::size_t i = 0; i < kPairs; ++i) {
      sockets.push_back(common::make_socket_pair());
      selector->register_fd(sockets.back().read.get(), EVENT_READ, i);
      selector->register_fd(sockets.back().write.get(), EVENT_READ, i);
    }
    CHECK(selector->get_map()->size() == 2 * kPairs);
    CHECK(poll(*selector).empty());
    put(sockets[7].write.get(), "x");
    put(sockets[kPairs - 1].read.get(), "x");
    const Ready two = {{sockets[7].read.get(), EVENT_READ},
                       {sockets[kPairs - 1].write.get(), EVENT_READ}};
    CHECK(poll(*selector) == two);
    for (const FdPair& pair : sockets) {
      const char byte = 'x';
      static_cast<void>(!::write(pair.write.get(), &byte, 1));
      static_cast<void>(!::write(pair.read.get(), &byte, 1));
    }
    std::size_t events = 0;
    std::size_t sum = 0;
    for (const auto& [key, mask] : selector->select(nanoseconds(0))) {
      events += mask;
      sum += std::any_cast<std::size_t>(key->data);
    }
    CHECK(events == 2 * kPairs);
    CHECK(sum == kPairs * (kPairs - 1));
    for (const FdPair& pair : sockets) {
      selector->unregister(pair.read.get());
      selector->unregister(pair.write.get());
    }
    CHECK(selector->get_map()->empty());
    CHECK(poll(*selector).empty());
  }
  ::setrlimit(RLIMIT_NOFILE, &before);
}

TEMPLATE_LIST_TEST_CASE("two selectors may watch one descriptor", "[selector]",
                        Selectors) {
  const FdPair pipe = common::make_pipe();
  const int r = pipe.read.get();
  const auto one = TestType::make();
  const auto two = TestType::make();
  one->register_fd(r, EVENT_READ);
  two->register_fd(r, EVENT_READ);
  put(pipe.write.get(), "x");
  CHECK(poll(*one) == Ready{{r, EVENT_READ}});
  CHECK(poll(*two) == Ready{{r, EVENT_READ}});
  one->close();
  CHECK(poll(*two) == Ready{{r, EVENT_READ}});
}

TEMPLATE_LIST_TEST_CASE("a selector that cannot be made says why", "[selector]",
                        Selectors) {
  rlimit limit{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &limit) == 0);
  const rlimit before = limit;
  limit.rlim_cur = 0;  // no more descriptors
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &limit) == 0);
  std::exception_ptr refusal;
  try {
    TestType::make();
  } catch (...) {
    refusal = std::current_exception();
  }
  // A sanitizer needs descriptors to look at the error.
  ::setrlimit(RLIMIT_NOFILE, &before);
  REQUIRE(refusal);
  try {
    std::rethrow_exception(refusal);
  } catch (const std::system_error& error) {
    CHECK(error.code() == std::errc::too_many_files_open);
    CHECK(std::string(error.what()).find("()") != std::string::npos);
  }
}
