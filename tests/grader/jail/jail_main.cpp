// jail: runs one program to its end, confined, and kills all that it started.
//
//   jail [OPTION...] -- PROGRAM [ARGUMENT...]
//
//   --uid N         become this user first (only root can)
//   --files         Landlock: only files that these two name are in reach
//     --read PATH     a file or folder to read and to execute
//     --write PATH    a folder to do everything in
//   --calls         a filter for system calls: no network, no tracing, ...;
//                   without --files, bubblewrap must keep signals inside
//   --modes         ... but chmod() and the like are fine (for linkers)
//   --processes N   how many threads the program may have in all
//   --memory BYTES  how much memory it and its children may fill in all
//   --mapped BYTES  how much each process may map to write to
//   --folder PATH   the files in there must not grow
//   --disk BYTES    beyond this much
//   --room BYTES    and so much must stay free on its disk, whoever fills it
//   --wall MS       how long it may take
//   --outer         the program is another jail, or starts one, which reports
//
// The program has descriptors 0 to 3; on descriptor 4 the jail reports, one
// word per line: "refused TEXT", "exited N", "signalled N", "leftovers N",
// "network", "memory", "short", "disk", "full", "late". Believe only these
// lines: a program could kill its jail. When nobody can read them any more, it
// ends.
//
//   jail --try FILE FOLDER PORT
//
// tries things that must not work: the status has bit 1 if it could read the
// file, bit 2 if it could write in the folder, bit 4 if it reached the port on
// this machine, and bit 8 if it could not even write in its own folder.
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef __linux__
#include <grp.h>
#include <sys/prctl.h>
#endif

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "common/unique_fd.hpp"
#include "tests/grader/jail/confine.hpp"
#include "tests/grader/jail/descendants.hpp"
#include "tests/grader/jail/memory_group.hpp"
#include "tests/grader/jail/usage.hpp"

namespace {

using common::UniqueFd;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr int kNotes = 4;
constexpr int kDescriptors = 1024;  // as outside: what passes check passes here

void note(const std::string& line) {
  const std::string text = line + "\n";
  [[maybe_unused]] const auto count = ::write(kNotes, text.data(), text.size());
}

struct Options {
  uid_t uid = 0;
  bool files = false;
  grader::Reach reach;
  bool calls = false;
  bool modes = false;
  std::size_t processes = 0;
  std::size_t memory = 0;
  std::size_t mapped = 0;
  std::string folder;
  std::size_t disk = 0;
  std::size_t room = 0;
  milliseconds wall{0};
  bool outer = false;
  std::vector<char*> program;
};

Options parse(int argc, char** argv) {
  Options options;
  int i = 1;
  const auto value = [&]() -> std::string {
    if (i + 1 >= argc) throw std::invalid_argument("a value is missing");
    return argv[++i];
  };
  for (; i < argc && std::string_view(argv[i]) != "--"; ++i) {
    const std::string_view word = argv[i];
    if (word == "--uid") {
      options.uid = static_cast<uid_t>(std::stoul(value()));
    } else if (word == "--files") {
      options.files = true;
    } else if (word == "--read") {
      options.reach.read.push_back(value());
    } else if (word == "--write") {
      options.reach.write.push_back(value());
    } else if (word == "--calls") {
      options.calls = true;
    } else if (word == "--modes") {
      options.modes = true;
    } else if (word == "--outer") {
      options.outer = true;
    } else if (word == "--processes") {
      options.processes = std::stoul(value());
    } else if (word == "--memory") {
      options.memory = std::stoul(value());
    } else if (word == "--mapped") {
      options.mapped = std::stoul(value());
    } else if (word == "--folder") {
      options.folder = value();
    } else if (word == "--disk") {
      options.disk = std::stoul(value());
    } else if (word == "--room") {
      options.room = std::stoul(value());
    } else if (word == "--wall") {
      options.wall = milliseconds(std::stol(value()));
    } else {
      throw std::invalid_argument("what is '" + std::string(word) + "'?");
    }
  }
  for (++i; i < argc; ++i) options.program.push_back(argv[i]);
  if (options.program.empty()) throw std::invalid_argument("no program");
  options.program.push_back(nullptr);
  return options;
}

// --- The program's side
// --------------------------------------------------------

void send_descriptor(int socket, int fd) {
  char byte = 0;
  iovec data{&byte, 1};
  std::array<char, CMSG_SPACE(sizeof(int))> control{};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  cmsghdr* const header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof(int));
  std::memcpy(CMSG_DATA(header), &fd, sizeof fd);
  if (::sendmsg(socket, &message, 0) < 0) common::throw_errno("sendmsg()");
}

// -1 if none was sent, and the sender has closed its end.
int receive_descriptor(int socket) {
  char byte = 0;
  iovec data{&byte, 1};
  std::array<char, CMSG_SPACE(sizeof(int))> control{};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  ssize_t count = 0;
  do {
    count = ::recvmsg(socket, &message, 0);
  } while (count < 0 && errno == EINTR);
  if (count <= 0) return -1;
  const cmsghdr* const header = CMSG_FIRSTHDR(&message);
  if (header == nullptr || header->cmsg_type != SCM_RIGHTS) return -1;
  int fd = -1;
  std::memcpy(&fd, CMSG_DATA(header), sizeof fd);
  ::fcntl(fd, F_SETFD, FD_CLOEXEC);
  return fd;
}

void set_limit(int resource, std::size_t value) {
  const auto most = static_cast<rlim_t>(value);
  const rlimit limit{most, most};
  ::setrlimit(static_cast<decltype(RLIMIT_CORE)>(resource), &limit);
}

void become_user(uid_t uid) {
  if (uid == 0) return;
  if (::setgroups(0, nullptr) < 0) common::throw_errno("setgroups()");
  if (::setgid(uid) < 0) common::throw_errno("setgid()");
  if (::setuid(uid) < 0) common::throw_errno("setuid()");
}

[[noreturn]] void become(const Options& options, int socket,
                         const grader::MemoryGroup* group) {
  try {
    if (group != nullptr) group->join();
    ::setsid();
    set_limit(RLIMIT_CORE, 0);
    set_limit(RLIMIT_NOFILE, kDescriptors);
    become_user(options.uid);
    if (options.processes > 0) {
      // A user chosen for this program runs nothing yet.
      const std::size_t others =
          options.uid != 0 ? 0 : grader::threads_of(::getuid());
      set_limit(RLIMIT_NPROC, options.processes + others);
    }
    if (options.mapped > 0) set_limit(RLIMIT_DATA, options.mapped);
#ifdef __linux__
    // A program of another user, such as sudo, could not be killed. But
    // bubblewrap may be one.
    if (!options.outer) ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
#endif
    for (int fd = kNotes; fd < kDescriptors; ++fd)
      ::fcntl(fd, F_SETFD, FD_CLOEXEC);
    if (options.outer) ::fcntl(kNotes, F_SETFD, 0);
    // bubblewrap makes a separate world of processes.
    bool signals_confined = options.calls && !options.files;
    if (options.files) signals_confined = grader::confine_files(options.reach);
    if (options.calls) {
      const UniqueFd listener(
          grader::confine_calls(options.modes, signals_confined));
      if (listener) send_descriptor(socket, listener.get());
    }
    ::execv(options.program.front(), options.program.data());
    common::throw_errno("execv(" + std::string(options.program.front()) + ")");
  } catch (const std::exception& error) {
    note(std::string("refused ") + error.what());
  }
  ::_exit(127);
}

// --- The jail's side
// -----------------------------------------------------------

// A child's end wakes the poll below, even if it comes just before.
int alarm_pipe = -1;
void on_child(int /*signal*/) {
  const int error = errno;
  [[maybe_unused]] const auto count = ::write(alarm_pipe, "", 1);
  errno = error;
}

// Looks for limits that are reached.
class Bounds {
 public:
  explicit Bounds(const Options& options)
      : options_(options), disk_(options.folder) {}

  // The word for one that is, or nullptr.
  const char* reached() {
    std::vector<pid_t> family = grader::family_of(::getpid());
    family.erase(family.begin());
    if (options_.memory > 0) {
      if (excess_.is_lasting(memory_.is_above(family, options_.memory))) {
        return "memory";
      }
      if (grader::is_short_of_memory()) return "short";
    }
    if (options_.disk > 0 && disk_.is_above(family, options_.disk)) {
      return "disk";
    }
    return disk_.free_now() < options_.room ? "full" : nullptr;
  }
  // Has the last look seen something that the next one has to confirm?
  bool is_suspicious() const { return excess_.is_suspected(); }

 private:
  const Options& options_;
  grader::MemoryMeter memory_;
  grader::Excess excess_;
  grader::DiskMeter disk_;
};

// Waits until the child has ended, or a limit is reached. Its status, or -1.
int watch(pid_t child, const Options& options, Bounds& bounds,
          UniqueFd listener, int alarm, rusage& usage) {
  const auto begin = steady_clock::now();
  bool network = false;
  for (auto next_look = begin;;) {
    int status = 0;
    pid_t pid = 0;
    while ((pid = ::wait4(-1, &status, WNOHANG, &usage)) > 0) {
      if (pid == child) return status;
    }
    const auto now = steady_clock::now();
    if (options.wall > milliseconds(0) && now - begin >= options.wall) {
      note("late");
      return -1;
    }
    if (now >= next_look) {
      if (const char* const limit = bounds.reached()) {
        note(limit);
        return -1;
      }
      // A look costs more the more processes and files there are.
      const auto pause =
          bounds.is_suspicious()
              ? grader::kBetweenLooks
              : std::clamp(std::chrono::ceil<milliseconds>(
                               10 * (steady_clock::now() - now)),
                           grader::kBetweenLooks, 10 * grader::kBetweenLooks);
      next_look = steady_clock::now() + pause;
    }
    std::array<pollfd, 3> waiting = {pollfd{alarm, POLLIN, 0},
                                     pollfd{listener.get(), POLLIN, 0},
                                     pollfd{kNotes, 0, 0}};
    ::poll(waiting.data(), waiting.size(), 10);
    std::array<char, 64> bytes{};
    while (::read(alarm, bytes.data(), bytes.size()) > 0) {
    }
    if ((waiting[1].revents & POLLIN) != 0) {
      if (grader::refuse_socket(listener.get()) && !network) {
        note("network");
        network = true;
      }
    } else if (waiting[1].revents != 0) {
      listener.reset();
    }
    if ((waiting[2].revents & POLLERR) != 0)
      return -1;  // the grader was killed
  }
}

// No descriptor of the jail may have a number that belongs to the program.
void occupy_low_descriptors() {
  for (int fd = 0; fd < kNotes; ++fd) {
    if (::fcntl(fd, F_GETFD) >= 0) continue;
    UniqueFd nothing(::open("/dev/null", O_RDWR | O_CLOEXEC));
    if (nothing.get() == fd) [[maybe_unused]]
      const int kept = nothing.release();
  }
  for (int fd = kNotes + 1; fd < kDescriptors; ++fd) ::close(fd);
}

int run(const Options& options) {
  occupy_low_descriptors();
#ifdef __linux__
  // Or the program could trace the jail, which may belong to the same user.
  ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
  grader::adopt_orphans();
  common::FdPair alarm = common::make_pipe();
  alarm_pipe = alarm.write.get();
  std::signal(SIGCHLD, on_child);
  std::signal(SIGPIPE, SIG_IGN);

  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()) < 0) {
    common::throw_errno("socketpair()");
  }
  UniqueFd ours(ends[0]);
  UniqueFd theirs(ends[1]);
  ::fcntl(ours.get(), F_SETFD, FD_CLOEXEC);
  Bounds bounds(options);
  // The kernel's own count also has what only the kernel holds, and the cache
  // of files, so its limit is wider.
  std::optional<grader::MemoryGroup> group;
  if (options.memory > 0) {
    group.emplace(options.memory + options.disk, 4 * options.processes);
  }
  const pid_t child = ::fork();
  if (child < 0) common::throw_errno("fork()");
  if (child == 0) {
    std::signal(SIGCHLD, SIG_DFL);
    std::signal(SIGPIPE, SIG_DFL);
    become(options, theirs.get(), group ? &*group : nullptr);
  }
  theirs.reset();
  // Only the program holds its pipes, or their readers would not see the end.
  for (int fd = 0; fd < kNotes; ++fd) ::close(fd);
  UniqueFd listener(receive_descriptor(ours.get()));
  ours.reset();

  rusage usage{};
  const int status = watch(child, options, bounds, std::move(listener),
                           alarm.read.get(), usage);
#ifndef __linux__
  // Orphans are not adopted here: only the child's group can be found again.
  ::kill(-child, SIGKILL);
#endif
  const std::size_t left = grader::end_descendants();
  if (status >= 0 && group && group->has_killed()) {
    note("memory");
    return 0;
  }
  if (status < 0 || options.outer) return 0;
  if (left > 0) note("leftovers " + std::to_string(left));
  rlimit cpu{};  // the program has the same
  ::getrlimit(RLIMIT_CPU, &cpu);
  const auto most = std::chrono::seconds(
      cpu.rlim_cur == RLIM_INFINITY ? 0 : static_cast<long>(cpu.rlim_cur));
  note(WIFSIGNALED(status) ? "signalled " + std::to_string(grader::signal_of(
                                                status, usage, most))
                           : "exited " + std::to_string(WEXITSTATUS(status)));
  return 0;
}

// --- The attempts
// ---------------------------------------------------------------

int attempt(const std::string& file, const std::string& folder, int port) {
  int status = 0;
  if (UniqueFd(::open(file.c_str(), O_RDONLY))) status |= 1;
  const std::string inside = folder + "/jail-was-here";
  if (UniqueFd(::open(inside.c_str(), O_WRONLY | O_CREAT, 0600))) {
    ::unlink(inside.c_str());
    status |= 2;
  }
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const UniqueFd socket(::socket(AF_INET, SOCK_STREAM, 0));
  if (socket && ::connect(socket.get(), reinterpret_cast<sockaddr*>(&address),
                          sizeof address) == 0) {
    status |= 4;
  }
  if (!UniqueFd(::open("attempt", O_WRONLY | O_CREAT, 0600))) status |= 8;
  return status;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    if (argc == 5 && std::string_view(argv[1]) == "--try") {
      return attempt(argv[2], argv[3], std::stoi(argv[4]));
    }
    return run(parse(argc, argv));
  } catch (const std::exception& error) {
    note(std::string("refused ") + error.what());
    std::fprintf(stderr, "jail: %s\n", error.what());
  }
  return 2;
}
