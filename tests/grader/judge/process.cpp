#include "tests/grader/judge/process.hpp"

#include <fcntl.h>
#include <poll.h>
#ifdef __linux__
#include <sys/personality.h>
#endif
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <string_view>
#include <system_error>
#include <thread>

#include "common/unique_fd.hpp"
#include "tests/grader/jail/descendants.hpp"
#include "tests/grader/jail/usage.hpp"

extern char** environ;

namespace grader {

namespace {

using common::UniqueFd;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::array kInterrupts = {SIGINT, SIGTERM, SIGHUP};
std::atomic<bool> interrupted = false;
std::atomic<int> interrupt_fd = -1;
// Their actions before that.
std::array<struct sigaction, kInterrupts.size()> before_interrupts;

void check_interrupted() {
  if (is_interrupted()) throw Interrupted();
}

void on_interrupt(int) {
  interrupt();
  const int fd = interrupt_fd.load();
  const int error = errno;
  [[maybe_unused]] const auto written = fd < 0 ? 0 : ::write(fd, "!", 1);
  errno = error;
}

UniqueFd open_or_throw(const char* path, int flags) {
  UniqueFd fd(::open(path, flags | O_CLOEXEC));
  if (!fd) common::throw_errno("open(" + std::string(path) + ")");
  return fd;
}

// The child's end blocks, unlike those of common::make_pipe().
common::FdPair make_blocking_pipe() {
  std::array<int, 2> ends{};
  if (::pipe(ends.data()) < 0) common::throw_errno("pipe()");
  common::FdPair pair{UniqueFd(ends[0]), UniqueFd(ends[1])};
  for (const int fd : ends) {
    if (::fcntl(fd, F_SETFD, FD_CLOEXEC) < 0) common::throw_errno("fcntl()");
  }
  return pair;
}

bool is_name(std::string_view entry, std::string_view name) {
  return entry.size() > name.size() && entry.substr(0, name.size()) == name &&
         entry[name.size()] == '=';
}

std::vector<std::string> make_environment(const Environment& additions,
                                          bool clear) {
  Environment ours = {
      {"TZ", "UTC"}, {"LC_ALL", "C"}, {"NO_COLOR", "1"}, {"TERM", "dumb"}};
  ours.insert(ours.end(), additions.begin(), additions.end());
  std::vector<std::string> result;
  for (char** entry = environ; !clear && *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const bool replaced = std::any_of(
        ours.begin(), ours.end(),
        [text](const auto& variable) { return is_name(text, variable.first); });
    if (!replaced && !is_name(text, "ASYNCIO_DEBUG")) result.emplace_back(text);
  }
  for (auto variable = ours.begin(); variable != ours.end(); ++variable) {
    const bool set_again = std::any_of(
        variable + 1, ours.end(),
        [&](const auto& later) { return later.first == variable->first; });
    if (!set_again) result.push_back(variable->first + "=" + variable->second);
  }
  return result;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  result.reserve(texts.size() + 1);
  for (std::string& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

// Everything that the child needs, made before fork(): between fork() and
// exec() a process may only make system calls.
struct Start {
  const char* program;
  const char* directory;
  char* const* arguments;
  char* const* environment;
  int in;
  int out;
  int err;
  int report;   // becomes descriptor 3, unless it is -1
  int notes;    // and this one 4
  int failure;  // receives errno, or closes when the program has started
  bool plain_addresses;
  ResourceLimits limits;
};

void set_limit(int resource, std::size_t value) {
  if (value == 0) return;
  // A second more, so that the kernel sends SIGXCPU before it kills.
  const auto most = static_cast<rlim_t>(value);
  const rlimit limit{most, resource == RLIMIT_CPU ? most + 1 : most};
  // If the machine allows less, or has no such limit, that stays as it is.
  ::setrlimit(static_cast<decltype(RLIMIT_CPU)>(resource), &limit);
}

[[noreturn]] void become(const Start& start) {
  ::setsid();  // which also makes a group
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  std::signal(SIGPIPE, SIG_DFL);
  // As in a terminal, the program's first descriptor is 3: programs print it.
  for (int fd = 3; fd < 1024; ++fd) ::fcntl(fd, F_SETFD, FD_CLOEXEC);
#ifdef __linux__
  if (start.plain_addresses) ::personality(ADDR_NO_RANDOMIZE);
#endif
  set_limit(RLIMIT_CPU, static_cast<std::size_t>(start.limits.cpu.count()));
  set_limit(RLIMIT_DATA, kMapped * start.limits.memory);
  set_limit(RLIMIT_FSIZE, start.limits.file_size);
  const bool ready = ::dup2(start.in, STDIN_FILENO) >= 0 &&
                     ::dup2(start.out, STDOUT_FILENO) >= 0 &&
                     ::dup2(start.err, STDERR_FILENO) >= 0 &&
                     (start.report < 0 || ::dup2(start.report, 3) >= 0) &&
                     (start.notes < 0 || ::dup2(start.notes, 4) >= 0) &&
                     ::chdir(start.directory) == 0;
  if (ready) ::execve(start.program, start.arguments, start.environment);
  const int error = errno;
  [[maybe_unused]] const auto written =
      ::write(start.failure, &error, sizeof error);
  ::_exit(127);
}

class Child {
 public:
  explicit Child(pid_t pid) : pid_(pid) {}
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    if (status_) return;
    kill_group();
    ::waitpid(pid_, nullptr, 0);
  }

  // The child is the leader of its group; when it has been waited for, its
  // number stays taken as long as a member of the group lives.
  void kill_group() const { ::kill(-pid_, SIGKILL); }

  // Its status, or nothing if it still runs when `is_over` says so.
  template <class Function>
  std::optional<int> wait_unless(Function is_over) {
    while (!status_) {
      check_interrupted();
      int status = 0;
      const pid_t pid = ::wait4(pid_, &status, WNOHANG, &usage_);
      if (pid < 0 && errno != EINTR) common::throw_errno("wait4()");
      if (pid == pid_) {
        status_ = status;
      } else if (is_over()) {
        break;
      } else {
        std::this_thread::sleep_for(milliseconds(1));
      }
    }
    return status_;
  }
  std::optional<int> wait() {
    return wait_unless([] { return false; });
  }
  // What it has computed, when it has been waited for.
  const rusage& usage() const { return usage_; }

 private:
  pid_t pid_;
  std::optional<int> status_;
  rusage usage_{};
};

// For a sanitizer that reads the symbols of a program.
constexpr milliseconds kLastWords(2000);

// Looks from time to time whether a program has used up what it may.
class Bounds {
 public:
  Bounds(const Request& request, pid_t pid, steady_clock::time_point start,
         Result& result)
      : deadline_(start + request.timeout),
        memory_(request.limits.memory),
        pid_(pid),
        result_(result) {}

  // Has it? Then the result says what.
  bool are_reached() {
    const auto now = steady_clock::now();
    result_.timed_out = now >= deadline_;
    if (memory_ > 0 && now >= next_look_) {
      next_look_ = now + kBetweenLooks;
      result_.too_much_memory =
          excess_.is_lasting(meter_.is_above(family_of(pid_), memory_));
    }
    return result_.timed_out || result_.too_much_memory;
  }
  // How long to wait before the next question.
  milliseconds patience() const {
    // A signal to us may come at any moment.
    constexpr milliseconds kPatience(200);
    const auto left =
        std::chrono::ceil<milliseconds>(deadline_ - steady_clock::now());
    return std::clamp(left, milliseconds(0),
                      memory_ > 0 ? kBetweenLooks : kPatience);
  }

 private:
  steady_clock::time_point deadline_;
  std::size_t memory_;
  pid_t pid_;
  Result& result_;
  MemoryMeter meter_;
  Excess excess_;
  steady_clock::time_point next_look_{};
};

struct Source {
  UniqueFd fd;
  std::string* text;
};

// Reads the bytes that are there; false at the end.
bool read_some(Source& source) {
  std::array<char, 65536> buffer{};
  const ssize_t count = ::read(source.fd.get(), buffer.data(), buffer.size());
  if (count < 0 && errno == EINTR) return true;
  if (count < 0) common::throw_errno("read()");
  source.text->append(buffer.data(), static_cast<std::size_t>(count));
  return count > 0;
}

// Reads until every source is at its end, or one of the limits is reached.
void read_all(std::vector<Source>& sources, const Request& request,
              Bounds& bounds, Result& result) {
  while (!sources.empty()) {
    check_interrupted();
    if (bounds.are_reached()) return;
    std::vector<pollfd> waiting;
    waiting.reserve(sources.size());
    for (const Source& source : sources) {
      waiting.push_back({source.fd.get(), POLLIN, 0});
    }
    const int count = ::poll(waiting.data(), waiting.size(),
                             static_cast<int>(bounds.patience().count()));
    if (count < 0 && errno != EINTR) common::throw_errno("poll()");
    if (count <= 0) continue;
    for (std::size_t i = sources.size(); i-- > 0;) {
      if (waiting[i].revents != 0 && !read_some(sources[i])) {
        sources.erase(sources.begin() + static_cast<std::ptrdiff_t>(i));
      }
    }
    if (result.out.size() + result.err.size() + result.report.size() >
        request.most_output) {
      result.too_much_output = true;
      return;
    }
  }
}

[[noreturn]] void throw_not_started(const Request& request, int error) {
  throw std::system_error(error, std::generic_category(),
                          "cannot run " + request.program.string());
}

}  // namespace

void interrupt() noexcept { interrupted.store(true); }
bool is_interrupted() noexcept { return interrupted.load(); }

InterruptScope::InterruptScope(int fd) {
  interrupted.store(false);
  interrupt_fd.store(fd);
  struct sigaction action{};
  action.sa_handler = on_interrupt;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  for (std::size_t i = 0; i < kInterrupts.size(); ++i) {
    struct sigaction& before = before_interrupts[i];
    ::sigaction(kInterrupts[i], &action, &before);
    // "nohup" and a shell's background jobs have asked not to be disturbed.
    if (before.sa_handler == SIG_IGN) {
      ::sigaction(kInterrupts[i], &before, nullptr);
    }
  }
}

InterruptScope::~InterruptScope() {
  for (std::size_t i = 0; i < kInterrupts.size(); ++i) {
    ::sigaction(kInterrupts[i], &before_interrupts[i], nullptr);
  }
  interrupt_fd.store(-1);
  interrupted.store(false);
}

Result run(const Request& request) {
  check_interrupted();
  std::vector<std::string> arguments = {request.program.filename().string()};
  arguments.insert(arguments.end(), request.arguments.begin(),
                   request.arguments.end());
  std::vector<std::string> environment =
      make_environment(request.environment, request.clear_environment);
  const std::vector<char*> argument_pointers = pointers(arguments);
  const std::vector<char*> environment_pointers = pointers(environment);
  const std::string program = std::filesystem::absolute(request.program);
  const std::string directory =
      request.directory.empty() ? "." : request.directory.string();

  const UniqueFd in = open_or_throw("/dev/null", O_RDONLY);
  common::FdPair out = make_blocking_pipe();
  common::FdPair err = make_blocking_pipe();
  common::FdPair report = make_blocking_pipe();
  common::FdPair notes = make_blocking_pipe();
  common::FdPair failure = make_blocking_pipe();
  // The child makes these its descriptors 3 and 4, so nothing that it still
  // needs may have one of these numbers.
  for (UniqueFd* const fd :
       {&report.write, &notes.write, &failure.write, &out.write, &err.write}) {
    const int moved = ::fcntl(fd->get(), F_DUPFD_CLOEXEC, 10);
    if (moved < 0) common::throw_errno("fcntl(F_DUPFD_CLOEXEC)");
    fd->reset(moved);
  }
  const bool nobody = request.output == Output::nobody;
  if (request.output == Output::closed_pipe || nobody) out.read.reset();
  if (nobody) err.read.reset();
  if (request.output == Output::full_disk) {
    out.write = open_or_throw("/dev/full", O_WRONLY);
  }
  const bool mixed = request.output == Output::as_terminal;

  const auto start = steady_clock::now();
  const pid_t pid = ::fork();
  if (pid < 0) common::throw_errno("fork()");
  if (pid == 0) {
    become({program.c_str(), directory.c_str(), argument_pointers.data(),
            environment_pointers.data(), in.get(), out.write.get(),
            mixed ? out.write.get() : err.write.get(),
            request.report ? report.write.get() : -1,
            request.notes ? notes.write.get() : -1, failure.write.get(),
            request.plain_addresses, request.limits});
  }
  Child child(pid);
  out.write.reset();
  err.write.reset();
  report.write.reset();
  notes.write.reset();
  failure.write.reset();

  int error = 0;
  ssize_t count = 0;
  do {
    count = ::read(failure.read.get(), &error, sizeof error);
  } while (count < 0 && errno == EINTR);
  if (count > 0) {
    child.wait();
    throw_not_started(request, error);
  }

  Result result;
  result.limits = request.limits;
  Bounds bounds(request, pid, start, result);
  std::vector<Source> sources;
  const bool ours = request.output == Output::separate || mixed;
  if (ours) sources.push_back({std::move(out.read), &result.out});
  if (!nobody) sources.push_back({std::move(err.read), &result.err});
  if (request.report) {
    sources.push_back({std::move(report.read), &result.report});
  }
  if (request.notes) sources.push_back({std::move(notes.read), &result.notes});
  read_all(sources, request, bounds, result);
  if (result.timed_out && request.asked_where) {
    ::kill(pid, SIGABRT);
    Request last_words = request;
    last_words.timeout = kLastWords;
    Bounds grace(last_words, pid, steady_clock::now(), result);
    read_all(sources, last_words, grace, result);
    result.timed_out = true;
  }
  if (sources.empty() && !result.too_much_output) {
    child.wait_unless([&] { return bounds.are_reached(); });
  }
  child.kill_group();
  const std::optional<int> status = child.wait();
  result.elapsed = steady_clock::now() - start;
  if (WIFSIGNALED(*status)) {
    result.killed_by = signal_of(*status, child.usage(), request.limits.cpu);
  } else {
    result.exit_status = WEXITSTATUS(*status);
  }
  return result;
}

}  // namespace grader
