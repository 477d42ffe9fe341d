// Files read and written whole, and folders that go away again.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace grader {

// Throw std::system_error that names the file.
std::string read_file(const std::filesystem::path& file);
void write_file(const std::filesystem::path& file, std::string_view text);
// Whole or not at all: to a file beside it, which then takes its name.
void write_whole(const std::filesystem::path& file, std::string_view text);

// Sixteen digits that tell texts apart, the same on every machine. No secret.
std::string fingerprint(const std::vector<std::string>& texts);

// Throws std::system_error (ENOSPC) when fewer bytes are free in the folder.
void require_room(const std::filesystem::path& folder, std::uintmax_t bytes);

// Of a folder or a program, so that another user may come in.
inline constexpr auto kReadableToAll =
    std::filesystem::perms::owner_all | std::filesystem::perms::group_read |
    std::filesystem::perms::group_exec | std::filesystem::perms::others_read |
    std::filesystem::perms::others_exec;

// A folder of one's own to run or compile in, which leaves nothing behind.
class ScratchDirectory {
 public:
  ScratchDirectory();
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;
  ~ScratchDirectory();

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace grader
