#include "tests/grader/files.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <iterator>
#include <system_error>

namespace grader {

namespace {

namespace fs = std::filesystem;

[[noreturn]] void throw_file_error(const char* what, const fs::path& file) {
  throw std::system_error(errno, std::generic_category(),
                          fmt::format("{} {}", what, file.string()));
}

}  // namespace

std::string read_file(const fs::path& file) {
  // Opening a folder is no error for a stream; reading it is, too late.
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

ScratchDirectory::ScratchDirectory() {
  std::string name = fs::temp_directory_path() / "workbook-XXXXXX";
  if (::mkdtemp(name.data()) == nullptr) {
    throw std::system_error(errno, std::generic_category(),
                            "mkdtemp(" + name + ")");
  }
  path_ = name;
}

ScratchDirectory::~ScratchDirectory() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

}  // namespace grader
