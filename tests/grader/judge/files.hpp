// Reads and writes whole files, and makes folders that remove themselves.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "common/unique_fd.hpp"

namespace grader {

// Throw std::system_error that names the file.
std::string read_file(const std::filesystem::path& file);
void write_file(const std::filesystem::path& file, std::string_view text);
// Writes all or nothing: to a file beside it, which then takes its name.
void write_whole(const std::filesystem::path& file, std::string_view text);

// Sixteen digits that distinguish texts, the same on every machine. Not secure.
std::string fingerprint(const std::vector<std::string>& texts);

// Throws std::system_error (ENOSPC) when fewer bytes are free in the folder.
void require_room(const std::filesystem::path& folder, std::uintmax_t bytes);

// Permissions of a folder or a program that another user may open or run.
inline constexpr auto kReadableToAll =
    std::filesystem::perms::owner_all | std::filesystem::perms::group_read |
    std::filesystem::perms::group_exec | std::filesystem::perms::others_read |
    std::filesystem::perms::others_exec;

// A temporary folder to run or compile in. Its destructor removes it, with
// everything that a program has left there. A process that is killed leaves its
// folders; the next one that makes such a folder removes them.
class ScratchDirectory {
 public:
  ScratchDirectory();
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;
  ~ScratchDirectory();

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
  common::UniqueFd lock_;  // tells that its owner lives
};

}  // namespace grader
