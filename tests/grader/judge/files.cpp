#include "tests/grader/judge/files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <mutex>
#include <system_error>

#include "common/unique_fd.hpp"
#include "tests/grader/judge/folders.hpp"

namespace grader {

namespace {

namespace fs = std::filesystem;

[[noreturn]] void throw_file_error(const char* what, const fs::path& file) {
  throw std::system_error(errno, std::generic_category(),
                          fmt::format("{} {}", what, file.string()));
}

}  // namespace

std::string read_file(const fs::path& file) {
  // A stream opens a folder without an error, and fails only when it reads.
  if (fs::is_directory(file)) {
    errno = EISDIR;
    throw_file_error("cannot read", file);
  }
  errno = 0;
  std::ifstream stream(file, std::ios::binary);
  if (!stream) throw_file_error("cannot open", file);
  std::string text{std::istreambuf_iterator<char>(stream), {}};
  if (stream.bad()) throw_file_error("cannot read", file);
  return text;
}

void write_file(const fs::path& file, std::string_view text) {
  errno = 0;
  std::ofstream stream(file, std::ios::binary | std::ios::trunc);
  if (!stream) throw_file_error("cannot open for writing", file);
  stream << text << std::flush;
  if (!stream) throw_file_error("cannot write", file);
}

void write_whole(const fs::path& file, std::string_view text) {
  const std::string beside =
      fmt::format("{}.{}.part", file.string(), ::getpid());
  const auto fail = [&](const char* what) {
    const int error = errno;
    ::unlink(beside.c_str());
    errno = error;
    common::throw_errno(fmt::format("{}({})", what, beside));
  };
  ::unlink(beside.c_str());  // left by an interrupted run
  common::UniqueFd fd(
      ::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
  if (!fd) fail("open");
  while (!text.empty()) {
    const ssize_t count = ::write(fd.get(), text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail("write");
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  if (::fsync(fd.get()) < 0 && errno != EINVAL) fail("fsync");
  fd.reset();
  if (std::rename(beside.c_str(), file.c_str()) < 0) fail("rename");
}

void require_room(const fs::path& folder, std::uintmax_t bytes) {
  const std::uintmax_t free = fs::space(folder).available;
  if (free >= bytes) return;
  throw std::system_error(
      ENOSPC, std::generic_category(),
      fmt::format("{}: {} MB are free, and {} are needed", folder.string(),
                  free >> 20U, bytes >> 20U));
}

std::string fingerprint(const std::vector<std::string>& texts) {
  std::uint64_t hash = 0xcbf29ce484222325U;  // FNV-1a
  for (const std::string& text : texts) {
    for (const char c : text) {
      hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
    }
    hash = (hash ^ text.size()) * 0x100000001b3U;
  }
  return fmt::format("{:016x}", hash);
}

namespace {

constexpr std::string_view kScratch = "workbook-scratch-";

common::UniqueFd locked(const fs::path& folder) {
  common::UniqueFd fd = open_folder(AT_FDCWD, folder, S_IRUSR);
  if (fd && ::flock(fd.get(), LOCK_EX | LOCK_NB) == 0) return fd;
  return {};
}

// Removes the folders whose owners have not lived to do so.
void remove_abandoned(const fs::path& where) {
  std::error_code error;
  struct stat about{};
  if (::stat(where.c_str(), &about) < 0) return;
  const dev_t disk = about.st_dev;
  for (const auto& entry : fs::directory_iterator(where, error)) {
    const std::string name = entry.path().filename();
    if (!name.starts_with(kScratch)) continue;
    const common::UniqueFd fd = locked(entry.path());
    // Not what is mounted there: the lock is below it.
    if (fd && ::fstat(fd.get(), &about) == 0 && about.st_dev == disk) {
      remove_folder(entry.path());
    }
  }
}

}  // namespace

ScratchDirectory::ScratchDirectory() {
  const fs::path where = fs::temp_directory_path();
  static std::once_flag once;
  std::call_once(once, remove_abandoned, where);
  std::string name = where / "workbook-new-XXXXXX";
  if (::mkdtemp(name.data()) == nullptr) {
    throw std::system_error(errno, std::generic_category(),
                            "mkdtemp(" + name + ")");
  }
  lock_ = locked(name);
  // It has this name only when it is locked, or others would remove it.
  path_ = where / (std::string(kScratch) + name.substr(name.size() - 6));
  if (std::rename(name.c_str(), path_.c_str()) < 0) {
    ::rmdir(name.c_str());
    common::throw_errno("rename(" + name + ")");
  }
}

ScratchDirectory::~ScratchDirectory() { remove_folder(path_); }

}  // namespace grader
