#include "tests/grader/commands/file_watch.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <set>
#include <system_error>
#include <utility>

#if !__has_include(<sys/event.h>)
#include <sys/inotify.h>
#include <sys/vfs.h>
#else
#include <sys/event.h>
#endif

namespace grader {

namespace {

namespace fs = std::filesystem;

std::set<fs::path> folders_of(const std::vector<fs::path>& files) {
  std::set<fs::path> folders;
  for (const fs::path& file : files) folders.insert(file.parent_path());
  return folders;
}

#if !__has_include(<sys/event.h>)
// Can another system write there? If files are Windows' (under WSL), a server's
// or a host's, inotify reports only the changes that this system makes.
bool is_foreign(const fs::path& folder) {
  constexpr std::array kForeign = {
      0x01021997U,  // 9p
      0x6969U,      // NFS
      0xFF534D42U,  // CIFS
      0xFE534D42U,  // SMB2
      0x65735546U,  // FUSE
      0x786f4256U,  // VirtualBox's shared folders
  };
  struct statfs info{};
  if (::statfs(folder.c_str(), &info) != 0) return false;
  for (const unsigned type : kForeign) {
    if (static_cast<unsigned>(info.f_type) == type) return true;
  }
  return false;
}
#endif

}  // namespace

FileWatch::FileWatch(ch02::EventLoop& loop, std::vector<fs::path> files,
                     Saved saved, Way way)
    : loop_(loop), saved_(std::move(saved)) {
  for (fs::path& file : files) {
    const auto state = state_of(file);
    files_.push_back({std::move(file), state, state});
  }
  if (way == Way::best && ask_kernel()) {
    loop_.add_reader(events_.get(), [this] {
      read_events();
      look();
      wait_for_quiet();
    });
  } else {
    poll();
  }
}

FileWatch::~FileWatch() {
  if (poll_timer_) poll_timer_->cancel();
  if (quiet_timer_) quiet_timer_->cancel();
  if (events_ && !loop_.is_closed()) loop_.remove_reader(events_.get());
}

std::optional<FileWatch::State> FileWatch::state_of(const fs::path& path) {
  std::error_code error;
  State state;
  state.time = fs::last_write_time(path, error);
  if (error) return {};
  state.size = fs::file_size(path, error);
  if (error) return {};
  return state;
}

#if !__has_include(<sys/event.h>)

bool FileWatch::ask_kernel() {
  events_.reset(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
  std::vector<fs::path> paths;
  paths.reserve(files_.size());
  for (const File& file : files_) paths.push_back(file.path);
  for (const fs::path& folder : folders_of(paths)) {
    if (!events_) return false;
    // Watches folders: a watch on a file would not see one that replaces it.
    if (is_foreign(folder) ||
        ::inotify_add_watch(events_.get(), folder.c_str(),
                            IN_CLOSE_WRITE | IN_MODIFY | IN_MOVED_TO) < 0) {
      events_.reset();
    }
  }
  name_ = events_ ? "inotify" : "polling";
  return static_cast<bool>(events_);
}

void FileWatch::read_events() {
  std::array<char, 4096> buffer{};
  while (::read(events_.get(), buffer.data(), buffer.size()) > 0) {
  }
}

void FileWatch::renew() {}

#else

bool FileWatch::ask_kernel() {
  events_.reset(::kqueue());
  if (events_) renew();
  name_ = events_ ? "kqueue" : "polling";
  return static_cast<bool>(events_);
}

void FileWatch::read_events() {
  std::array<struct kevent, 16> buffer;
  const timespec at_once{};
  while (::kevent(events_.get(), nullptr, 0, buffer.data(),
                  static_cast<int>(buffer.size()), &at_once) > 0) {
  }
  renew();
}

// A folder reports files that come and go; a file reports what is written.
void FileWatch::renew() {
  watched_.clear();
  std::vector<fs::path> paths;
  for (const File& file : files_) paths.push_back(file.path);
  const std::set<fs::path> folders = folders_of(paths);
  paths.insert(paths.end(), folders.begin(), folders.end());
  for (const fs::path& path : paths) {
    common::UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd) continue;  // the folder reports when it appears
    struct kevent change;
    EV_SET(&change, static_cast<uintptr_t>(fd.get()), EVFILT_VNODE,
           EV_ADD | EV_CLEAR,
           NOTE_WRITE | NOTE_EXTEND | NOTE_DELETE | NOTE_RENAME, 0, nullptr);
    if (::kevent(events_.get(), &change, 1, nullptr, 0, nullptr) == 0) {
      watched_.push_back(std::move(fd));
    }
  }
}

#endif

void FileWatch::poll() {
  if (look()) wait_for_quiet();
  poll_timer_ = loop_.call_later(kPoll, [this] { poll(); });
}

bool FileWatch::look() {
  bool changed = false;
  for (File& file : files_) {
    const auto state = state_of(file.path);
    changed = changed || state != file.seen;
    file.seen = state;
  }
  return changed;
}

void FileWatch::wait_for_quiet() {
  if (quiet_timer_) quiet_timer_->cancel();
  quiet_timer_ = loop_.call_later(kQuiet, [this] {
    if (look()) {
      wait_for_quiet();
    } else {
      tell();
    }
  });
}

void FileWatch::tell() {
  // First look at all files, then call: calls may take long, and files change.
  std::vector<fs::path> saved;
  for (File& file : files_) {
    if (file.seen && file.seen != file.known) saved.push_back(file.path);
    file.known = file.seen;
  }
  for (const fs::path& path : saved) saved_(path);
}

}  // namespace grader
