#include "tests/grader/jail/sandbox.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <fstream>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "common/unique_fd.hpp"
#include "tests/grader/jail/descendants.hpp"
#include "tests/grader/judge/bundle.hpp"
#include "tests/grader/judge/clean_text.hpp"
#include "tests/grader/judge/files.hpp"
#include "tests/grader/judge/transcript.hpp"

namespace grader {

namespace {

namespace fs = std::filesystem;
using common::UniqueFd;

// The jail enforces the time limit; if it fails, we do, this much later.
constexpr auto kGrace = std::chrono::seconds(5);

// The parts of a system that compilers and programs need.
const std::vector<std::string> kSystem = {
    "/usr",  "/lib",       "/lib64",           "/lib32",           "/bin",
    "/sbin", "/nix/store", "/etc/ld.so.cache", "/etc/alternatives"};

// Is it one of the system's folders, or inside one?
bool is_visible(const std::string& path) {
  return std::any_of(kSystem.begin(), kSystem.end(),
                     [&](const std::string& folder) {
                       return path == folder || path.starts_with(folder + "/");
                     });
}

std::string find_program(const std::string& name) {
  for (const char* const folder : {"/usr/bin/", "/bin/", "/usr/local/bin/"}) {
    const std::string path = folder + name;
    if (::access(path.c_str(), X_OK) == 0) return path;
  }
  return {};
}

// A user for this process alone, so that nothing of any other user is within
// reach. Where users are few (in a container, say) there may be none.
uid_t own_user() {
  if (::geteuid() != 0) return 0;
  std::ifstream map("/proc/self/uid_map");
  std::uint64_t inside = 0;
  std::uint64_t outside = 0;
  std::uint64_t count = 0;
  constexpr std::uint64_t kFar = 1'000'000'000;
  constexpr std::uint64_t kNear = 20'000;
  const auto pid = static_cast<std::uint64_t>(::getpid());
  uid_t result = 0;
  while (map >> inside >> outside >> count) {
    const std::uint64_t end = inside + count;
    if (inside <= kFar + pid && kFar + pid < end) {
      return static_cast<uid_t>(kFar + pid);
    }
    const std::uint64_t near = kNear + pid % 40'000;
    if (inside <= near && near < end) result = static_cast<uid_t>(near);
  }
  return result;
}

// A port on this machine that listens, for the test.
struct Listener {
  UniqueFd fd;
  int port = 0;

  Listener() : fd(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const where = reinterpret_cast<sockaddr*>(&address);
    if (fd && ::bind(fd.get(), where, size) == 0 &&
        ::listen(fd.get(), 1) == 0 &&
        ::getsockname(fd.get(), where, &size) == 0) {
      port = ntohs(address.sin_port);
    }
  }
};

// Ends what a program has left, whatever it did.
void end_all() {
  end_descendants();
  if (::waitpid(-1, nullptr, WNOHANG) < 0 && errno == ECHILD) return;
  const std::vector<pid_t> left = descendants();
  if (left.empty()) return;
  throw GraderError(fmt::format(
      "process {} does not end, although it is killed", left.front()));
}

void read_notes(Confined& confined, const Request& request) {
  Result& result = confined.result;
  bool told = false;
  for (const std::string& line : split_lines(result.notes)) {
    const std::size_t space = line.find(' ');
    const std::string word = line.substr(0, space);
    const std::string rest =
        space == std::string::npos ? "" : line.substr(space + 1);
    if (word == "refused") {
      throw GraderError(fmt::format("the sandbox could not start {}: {}",
                                    request.program.string(), rest));
    }
    if (word == "network") confined.network = true;
    if (word == "leftovers") confined.leftovers = true;
    if (word == "memory") result.too_much_memory = told = true;
    if (word == "disk") result.too_much_disk = told = true;
    if (word == "short") confined.short_of_memory = told = true;
    if (word == "full") confined.full = told = true;
    if (word == "late") result.timed_out = told = true;
    if (word != "exited" && word != "signalled") continue;
    told = true;
    result.exit_status = 0;
    result.killed_by.reset();
    const int number = std::stoi(rest);
    if (word == "exited") {
      result.exit_status = number;
    } else {
      result.killed_by = number;
    }
  }
  if (result.too_much_memory || result.too_much_disk || confined.full ||
      confined.short_of_memory) {
    result.killed_by = SIGKILL;
  }
  if (told || result.timed_out || result.too_much_output) return;
  // Before there is a jail, only bwrap can have printed anything.
  if (result.out.starts_with("bwrap: ")) {
    throw GraderError(readable(result.out));
  }
  confined.jail_killed = true;
  if (!result.killed_by) result.killed_by = SIGKILL;
}

}  // namespace

std::string_view name_of(Isolation isolation) {
  switch (isolation) {
    case Isolation::bwrap:
      return "bwrap";
    case Isolation::landlock:
      return "landlock";
    case Isolation::limits:
      break;
  }
  return "limits";
}

Isolation isolation_named(std::string_view name) {
  for (const Isolation one :
       {Isolation::bwrap, Isolation::landlock, Isolation::limits}) {
    if (name == name_of(one)) return one;
  }
  throw std::invalid_argument(fmt::format(
      "--isolation {}: expected best, bwrap, landlock or limits", name));
}

Sandbox::Sandbox(Isolation isolation, fs::path jail)
    : isolation_(isolation), jail_(std::move(jail)), uid_(own_user()) {
  if (isolation == Isolation::bwrap) bwrap_ = find_program("bwrap");
}

Sandbox Sandbox::known(const fs::path& jail, Isolation isolation) {
  adopt_orphans();
  return {isolation, jail};
}

Sandbox Sandbox::choose(const fs::path& jail, const fs::path& secret,
                        std::optional<Isolation> wanted) {
  if (::access(jail.c_str(), X_OK) != 0) {
    throw GraderError(fmt::format(
        "there is no {}; to build it: cmake --build build --target exercises",
        jail.string()));
  }
  adopt_orphans();
  std::vector<std::string> refusals;
  for (const Isolation one :
       {Isolation::bwrap, Isolation::landlock, Isolation::limits}) {
    if (wanted && *wanted != one) continue;
    Sandbox sandbox(one, jail);
    const std::string wrong = sandbox.test(secret);
    if (wrong.empty()) {
      sandbox.refusals_ = std::move(refusals);
      return sandbox;
    }
    refusals.push_back(fmt::format("{}: {}", name_of(one), wrong));
  }
  std::string all = "no isolation works here";
  for (const std::string& refusal : refusals) all += "; " + refusal;
  throw GraderError(all);
}

std::string Sandbox::warning() const {
  if (isolation_ != Isolation::limits) return {};
  return "isolation: none. Student code runs with your rights: it can read "
         "your files and the solutions, use the network and change these "
         "results.";
}

std::string Sandbox::test(const fs::path& secret) const {
  if (isolation_ == Isolation::bwrap && bwrap_.empty()) {
    return "there is no program bwrap (package bubblewrap)";
  }
  const ScratchDirectory scratch;
  const ScratchDirectory outside;
  fs::permissions(outside.path(), fs::perms::all);
  give(scratch.path());
  const Listener listener;
  Request request;
  request.program = jail_;
  request.arguments = {"--try", secret.string(), outside.path().string(),
                       std::to_string(listener.port)};
  request.timeout = std::chrono::seconds(10);
  Allowed allowed;
  allowed.scratch = scratch.path();
  Confined confined;
  try {
    confined = run(request, allowed);
  } catch (const std::exception& error) {
    return error.what();
  }
  const Result& result = confined.result;
  if (confined.jail_killed || result.killed_by || result.timed_out ||
      result.exit_status > 15) {
    const std::string said = readable(result.out);
    return said.empty() ? "a program does not run in it" : said;
  }
  std::string wrong;
  const auto add = [&](int bit, const char* text) {
    if ((result.exit_status & bit) == 0) return;
    wrong += (wrong.empty() ? "" : ", ") + std::string(text);
  };
  if (isolation_ != Isolation::limits) {
    add(1, "a program in it can read the solutions");
    add(2, "a program in it can write elsewhere");
    add(4, "a program in it can reach the network");
  }
  add(8, "a program in it cannot write in its own folder");
  return wrong;
}

std::vector<std::string> Sandbox::command(const Request& request,
                                          const Allowed& allowed) const {
  const std::string scratch = allowed.scratch.string();
  std::vector<std::string> read = kSystem;
  read.insert(read.end(), allowed.read.begin(), allowed.read.end());
  read.push_back(request.program.string());
  std::vector<std::string> words = {
      "--wall",      std::to_string(request.timeout.count()),
      "--processes", std::to_string(allowed.processes),
      "--disk",      std::to_string(allowed.disk),
      "--room",      std::to_string(allowed.room),
      "--folder",    scratch};
  const auto add = [&](std::initializer_list<std::string> more) {
    words.insert(words.end(), more);
  };
  if (allowed.memory > 0) add({"--memory", std::to_string(allowed.memory)});
  const auto add_mapped = [&] {
    const std::size_t most = kMapped * request.limits.memory;
    if (most > 0) add({"--mapped", std::to_string(most)});
  };
  if (isolation_ != Isolation::bwrap) add_mapped();
  if (uid_ != 0) add({"--uid", std::to_string(uid_)});
  if (isolation_ == Isolation::landlock) {
    add({"--files", "--calls", "--write", scratch, "--read", "/proc/self"});
    for (const std::string& path : read) add({"--read", path});
    if (allowed.compiles) add({"--modes"});
  }
  if (isolation_ == Isolation::bwrap) {
    add({"--outer", "--", bwrap_, "--unshare-all", "--die-with-parent",
         "--new-session", "--as-pid-1", "--proc", "/proc", "--dev", "/dev"});
    read.push_back(jail_.string());
    for (const std::string& path : kSystem) add({"--ro-bind-try", path, path});
    for (const std::string& path : read) {
      if (!is_visible(path)) add({"--ro-bind-try", path, path});
    }
    // The folders that bwrap makes are in memory: the program must not fill it.
    add({"--bind", scratch, scratch, "--remount-ro", "/dev", "--remount-ro",
         "/", "--chdir", scratch, "--", jail_.string(), "--calls"});
    add_mapped();
    if (allowed.compiles) add({"--modes"});
  }
  add({"--", request.program.string()});
  words.insert(words.end(), request.arguments.begin(), request.arguments.end());
  return words;
}

Confined Sandbox::run(Request request, const Allowed& allowed) const {
  request.arguments = command(request, allowed);
  const fs::path program = std::exchange(request.program, jail_);
  request.directory = allowed.scratch;
  request.clear_environment = true;
  request.environment.emplace_back("PATH", "/usr/local/bin:/usr/bin:/bin");
  request.environment.emplace_back("HOME", allowed.scratch.string());
  request.environment.emplace_back("TMPDIR", allowed.scratch.string());
  request.timeout += kGrace;
  request.notes = true;
  request.limits.memory = 0;  // the jail measures it
  Confined confined;
  try {
    confined.result = grader::run(request);
  } catch (...) {
    end_descendants();
    throw;
  }
  end_all();
  request.program = program;
  confined.result.limits.memory = allowed.memory;
  confined.result.disk_limit = allowed.disk;
  read_notes(confined, request);
  return confined;
}

void Sandbox::give(const fs::path& folder) const {
  if (uid_ == 0) return;
  const auto change = [&](const fs::path& path) {
    if (::lchown(path.c_str(), uid_, uid_) < 0) {
      common::throw_errno("chown(" + path.string() + ")");
    }
  };
  change(folder);
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    change(entry.path());
  }
}

}  // namespace grader
