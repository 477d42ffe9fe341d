// Sorts by file and line only. Descriptors of one line keep their order as long
// as they are few.

#include "chapters/07_resource_warning/exercises/fd_ledger.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

namespace exercises {

namespace {

std::string at(const Place& place) {
  return fmt::format("{}:{}", place.file, place.line);
}

class Ledger : public FdLedger {
 public:
  void opened(int fd, const Place& where) override {
    const auto known = notes_.find(fd);
    if (known != notes_.end() && known->second.open) {
      mistakes_.push_back(
          fmt::format("{}: fd {} opened again, still open from {}", at(where),
                      fd, at(known->second.place)));
    }
    notes_[fd] = {true, where};
  }
  void closed(int fd, const Place& where) override {
    const auto known = notes_.find(fd);
    if (known == notes_.end()) {
      mistakes_.push_back(
          fmt::format("{}: fd {} closed, but never opened", at(where), fd));
    } else if (!known->second.open) {
      mistakes_.push_back(fmt::format("{}: fd {} closed again, after {}",
                                      at(where), fd, at(known->second.place)));
    }
    notes_[fd] = {false, where};
  }
  std::vector<std::string> still_open() const override {
    std::vector<std::tuple<std::string, unsigned, int>> open;
    for (const auto& [fd, note] : notes_) {
      if (note.open) open.emplace_back(note.place.file, note.place.line, fd);
    }
    // The map has them by descriptor already.
    std::ranges::sort(open, {}, [](const auto& entry) {
      return std::tie(std::get<0>(entry), std::get<1>(entry));
    });
    std::vector<std::string> lines;
    for (const auto& [file, line, fd] : open) {
      lines.push_back(
          fmt::format("{}:{}: fd {} is still open", file, line, fd));
    }
    return lines;
  }
  std::vector<std::string> mistakes() const override { return mistakes_; }

 private:
  struct Note {
    bool open;
    Place place;  // of the last opened() or closed()
  };

  std::map<int, Note> notes_;
  std::vector<std::string> mistakes_;
};

}  // namespace

std::unique_ptr<FdLedger> make_fd_ledger() {
  return std::make_unique<Ledger>();
}

}  // namespace exercises
