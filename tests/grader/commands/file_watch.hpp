// Which file was saved? A watch that runs on a loop of chapter 2.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "chapters/02_event_loop/event_loop.hpp"
#include "common/ref.hpp"
#include "common/unique_fd.hpp"

namespace grader {

// Editors save in two ways: they write into the file, or put a new one in its
// place. Either counts, and so does a file that appears.
//
// The kernel tells the loop that something has happened (inotify, kqueue); then
// a look at the files tells what. Where the kernel reports nothing, as for the
// disk of another system, the watch looks twice a second.
class FileWatch {
 public:
  using Saved = std::function<void(const std::filesystem::path&)>;
  enum class Way { best, polling };

  // A file that is being written is not looked at until nothing has changed it
  // for so long.
  static constexpr std::chrono::milliseconds kQuiet{50};
  static constexpr std::chrono::milliseconds kPoll{500};

  // `saved` may take its time: files that are saved meanwhile are reported
  // afterwards. Throws std::system_error.
  FileWatch(ch02::EventLoop& loop, std::vector<std::filesystem::path> files,
            Saved saved, Way way = Way::best);
  FileWatch(const FileWatch&) = delete;
  FileWatch& operator=(const FileWatch&) = delete;
  ~FileWatch();

  std::string_view name() const { return name_; }  // "inotify"

 private:
  struct State {
    std::filesystem::file_time_type time;
    std::uintmax_t size = 0;
    bool operator==(const State&) const = default;
  };
  struct File {
    std::filesystem::path path;
    std::optional<State> known;  // when last reported, or at the start
    std::optional<State> seen;   // at the latest look
  };

  static std::optional<State> state_of(const std::filesystem::path& path);

  bool ask_kernel();   // false when it cannot tell
  void read_events();  // and discards them
  void renew();        // kqueue: for files that have replaced others
  void poll();
  bool look();  // Has anything changed since the latest look?
  void wait_for_quiet();
  void tell();

  ch02::EventLoop& loop_;
  std::vector<File> files_;
  Saved saved_;
  std::string_view name_ = "polling";
  common::UniqueFd events_;
  std::vector<common::UniqueFd> watched_;  // kqueue watches descriptors
  common::Ref<ch02::TimerHandle> poll_timer_;
  common::Ref<ch02::TimerHandle> quiet_timer_;
};

}  // namespace grader
