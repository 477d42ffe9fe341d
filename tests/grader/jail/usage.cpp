#include "tests/grader/jail/usage.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/mman.h>
#include <sys/sysmacros.h>
#endif

#include <algorithm>
#include <cinttypes>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <map>
#include <memory>
#include <sstream>
#include <utility>

#include "common/unique_fd.hpp"
#include "tests/grader/judge/folders.hpp"

namespace grader {

namespace {

using common::UniqueFd;

constexpr std::size_t kBlock = 512;  // of st_blocks

// "KEY:   12 kB" on one of the lines; 0 if there is none.
std::size_t bytes_in(const std::string& text, const std::string& key) {
  const std::size_t at = text.find("\n" + key + ":");
  if (at == std::string::npos) return 0;
  return std::strtoul(text.c_str() + at + key.size() + 2, nullptr, 10) << 10U;
}

std::vector<std::string> names_in(const std::string& folder) {
  std::vector<std::string> names;
  const std::unique_ptr<DIR, int (*)(DIR*)> entries(::opendir(folder.c_str()),
                                                    ::closedir);
  while (const dirent* const entry =
             entries ? ::readdir(entries.get()) : nullptr) {
    if (entry->d_name[0] != '.') names.emplace_back(entry->d_name);
  }
  return names;
}

std::vector<std::string> threads_of(pid_t pid) {
  const std::string tasks = "/proc/" + std::to_string(pid) + "/task/";
  std::vector<std::string> threads = names_in(tasks);
  for (std::string& thread : threads) thread.insert(0, tasks);
  return threads;
}

struct Memory {
  std::size_t own = 0;
  std::size_t shared = 0;  // in files that exist in memory alone

  std::size_t sum() const { return own + shared; }
  Memory& operator+=(const Memory& other) {
    own += other.own;
    shared += other.shared;
    return *this;
  }
};

// What the process has written to. If `exact`, a part of what it shares with
// others, which takes longer to find out.
Memory memory_of(pid_t pid, bool exact) {
  for (const std::string& thread : threads_of(pid)) {
    const std::string status = text_of(thread + "/status");
    // One that has ended has no such line, even if others still run.
    if (status.find("\nRssAnon:") == std::string::npos) continue;
    const std::size_t tables = bytes_in(status, "VmPTE");
    const std::string parts = exact ? text_of(thread + "/smaps_rollup") : "";
    if (parts.find("\nPss_Anon:") == std::string::npos) {
      return {bytes_in(status, "RssAnon") + bytes_in(status, "VmSwap") + tables,
              bytes_in(status, "RssShmem")};
    }
    return {bytes_in(parts, "Pss_Anon") + bytes_in(parts, "SwapPss") + tables,
            bytes_in(parts, "Pss_Shmem")};
  }
  return {};
}

[[maybe_unused]] std::size_t largest_file() {
  rlimit limit{};
  ::getrlimit(RLIMIT_FSIZE, &limit);
  return static_cast<std::size_t>(
      std::min<rlim_t>(limit.rlim_cur, std::uint32_t{1} << 31U));
}

// The files without a name that processes hold, open or mapped, on a device.
std::size_t unnamed_files([[maybe_unused]] const std::vector<pid_t>& family,
                          [[maybe_unused]] dev_t device) {
  std::map<ino_t, std::size_t> files;
  std::size_t elsewhere = 0;
#ifdef __linux__
  for (const pid_t pid : family) {
    for (const std::string& thread : threads_of(pid)) {
      const std::string descriptors = thread + "/fd/";
      const std::string infos = thread + "/fdinfo/";
      for (const std::string& name : names_in(descriptors)) {
        struct stat about{};
        if (::stat((descriptors + name).c_str(), &about) < 0) continue;
        if (S_ISSOCK(about.st_mode)) {
          // Files on their way through a socket: how many, but not which.
          const std::string info = text_of(infos + name);
          elsewhere += (bytes_in(info, "scm_fds") >> 10U) * largest_file();
        }
        if (!S_ISREG(about.st_mode) || about.st_nlink > 0 ||
            about.st_dev != device) {
          continue;
        }
        files[about.st_ino] =
            static_cast<std::size_t>(about.st_blocks) * kBlock;
      }
    }
    // The same mappings for all its threads.
    for (const std::string& thread : threads_of(pid)) {
      std::ifstream maps(thread + "/maps");
      bool any = false;
      for (std::string line; std::getline(maps, line);) {
        any = true;
        if (!line.ends_with(" (deleted)")) continue;
        std::uint64_t begin = 0;
        std::uint64_t end = 0;
        std::uint64_t offset = 0;
        unsigned major = 0;
        unsigned minor = 0;
        std::uint64_t inode = 0;
        if (std::sscanf(line.c_str(),
                        "%" SCNx64 "-%" SCNx64 " %*s %" SCNx64
                        " %x:%x %" SCNu64,
                        &begin, &end, &offset, &major, &minor, &inode) != 6 ||
            makedev(major, minor) != device) {
          continue;
        }
        // At most that; a descriptor would tell how much of it there is.
        files.emplace(inode, static_cast<std::size_t>(end - begin + offset));
      }
      if (any) break;
    }
  }
#endif
  for (const auto& [inode, size] : files) elsewhere += size;
  return elsewhere;
}

std::size_t shared_on_this_machine() {
  return bytes_in(text_of("/proc/meminfo"), "Shmem");
}

constexpr mode_t kToRead = S_IRUSR | S_IXUSR;
constexpr int kMostDepth = 100;
constexpr std::size_t kPlace = 4096;  // of an empty file

// What is in a folder; stops counting above `most`.
std::size_t size_below(UniqueFd folder, std::size_t most, int depth) {
  if (!folder) return 0;
  if (depth > kMostDepth) return most + 1;
  std::size_t sum = 0;
  const int fd = folder.release();
  const std::unique_ptr<DIR, int (*)(DIR*)> entries(::fdopendir(fd),
                                                    ::closedir);
  while (const dirent* const entry =
             entries ? ::readdir(entries.get()) : nullptr) {
    const std::string name = entry->d_name;
    struct stat about{};
    if (name == "." || name == ".." ||
        ::fstatat(fd, name.c_str(), &about, AT_SYMLINK_NOFOLLOW) < 0) {
      continue;
    }
    sum += std::max(kPlace, static_cast<std::size_t>(about.st_blocks) * kBlock);
    if (sum <= most && S_ISDIR(about.st_mode)) {
      sum += size_below(open_folder(fd, name, kToRead), most - sum, depth + 1);
    }
    if (sum > most) break;
  }
  return sum;
}

std::size_t free_on_disk_of(const std::string& folder) {
  struct statvfs about{};
  if (::statvfs(folder.c_str(), &about) < 0) return 0;
  return static_cast<std::size_t>(about.f_bfree * about.f_frsize);
}

}  // namespace

std::string text_of(const std::string& file) {
  // The process may end meanwhile: where a read fails, iterators would throw.
  std::ifstream stream(file);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

MemoryMeter::MemoryMeter() : shared_before_(shared_on_this_machine()) {
#ifdef __linux__
  const UniqueFd fd(::memfd_create("device", MFD_CLOEXEC));
  struct stat about{};
  if (fd && ::fstat(fd.get(), &about) == 0) device_ = about.st_dev;
#endif
}

bool MemoryMeter::is_above(const std::vector<pid_t>& family,
                           std::size_t bytes) const {
  const auto sum = [&](bool exact) {
    Memory all;
    for (const pid_t pid : family) all += memory_of(pid, exact);
    return all;
  };
  const std::size_t now = shared_on_this_machine();
  const std::size_t grown = now > shared_before_ ? now - shared_before_ : 0;
  if (sum(false).sum() + grown <= bytes) return false;
  const Memory exact = sum(true);
  if (exact.sum() > bytes) return true;
  // Others may have taken it as well, so count what these can have.
  const std::size_t held = std::min(unnamed_files(family, device_), grown);
  return exact.own + std::max(exact.shared, held) > bytes;
}

DiskMeter::DiskMeter(std::string folder)
    : folder_(std::move(folder)), free_before_(free_on_disk_of(folder_)) {}

bool DiskMeter::is_above(const std::vector<pid_t>& family,
                         std::size_t bytes) const {
  std::size_t sum =
      size_below(open_folder(AT_FDCWD, folder_, kToRead), bytes, 0);
  if (sum > bytes) return true;
  const std::size_t now = free_on_disk_of(folder_);
  const std::size_t gone = free_before_ > now ? free_before_ - now : 0;
  if (gone <= bytes) return false;
  struct stat about{};
  if (::stat(folder_.c_str(), &about) < 0) return false;
  sum += std::min(unnamed_files(family, about.st_dev), gone);
  return sum > bytes;
}

std::size_t DiskMeter::free_now() const {
  struct statvfs about{};
  if (::statvfs(folder_.c_str(), &about) < 0) {
    return std::numeric_limits<std::size_t>::max();
  }
  return static_cast<std::size_t>(about.f_bavail * about.f_frsize);
}

int signal_of(int status, const rusage& usage, std::chrono::seconds cpu_limit) {
  const auto used =
      std::chrono::seconds(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
      std::chrono::microseconds(usage.ru_utime.tv_usec +
                                usage.ru_stime.tv_usec);
  const int signal = WTERMSIG(status);
  const bool late = cpu_limit.count() > 0 && used >= cpu_limit;
  return signal == SIGKILL && late ? SIGXCPU : signal;
}

constexpr std::size_t kReserve = 256U << 20U;

bool is_short_of_memory() {
  const std::string text = "\n" + text_of("/proc/meminfo");
  const std::size_t available = bytes_in(text, "MemAvailable");
  return available > 0 &&
         available < std::min(bytes_in(text, "MemTotal") / 32, kReserve);
}

}  // namespace grader
