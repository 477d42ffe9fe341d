// Sorts the finished lines, and so line 10 comes before line 9.

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "chapters/07_resource_warning/exercises/fd_ledger.hpp"

namespace exercises {

namespace {

std::string text(const Place& place) {
  return fmt::format("{}:{}", place.file, place.line);
}

class Ledger : public FdLedger {
 public:
  void opened(int fd, const Place& where) override {
    const auto found = entries_.find(fd);
    if (found != entries_.end() && found->second.open) {
      mistakes_.push_back(
          fmt::format("{}: fd {} opened again, still open from {}", text(where),
                      fd, text(found->second.place)));
    }
    entries_[fd] = {true, where};
  }
  void closed(int fd, const Place& where) override {
    const auto found = entries_.find(fd);
    if (found == entries_.end()) {
      mistakes_.push_back(
          fmt::format("{}: fd {} closed, but never opened", text(where), fd));
    } else if (!found->second.open) {
      mistakes_.push_back(fmt::format("{}: fd {} closed again, after {}",
                                      text(where), fd,
                                      text(found->second.place)));
    }
    entries_[fd] = {false, where};
  }
  std::vector<std::string> still_open() const override {
    std::vector<std::string> lines;
    for (const auto& [fd, entry] : entries_) {
      if (entry.open)
        lines.push_back(
            fmt::format("{}: fd {} is still open", text(entry.place), fd));
    }
    std::sort(lines.begin(), lines.end());
    return lines;
  }
  std::vector<std::string> mistakes() const override { return mistakes_; }

 private:
  struct Entry {
    bool open;
    Place place;  // of the last opened() or closed()
  };
  std::map<int, Entry> entries_;
  std::vector<std::string> mistakes_;
};

}  // namespace

std::unique_ptr<FdLedger> make_fd_ledger() {
  return std::make_unique<Ledger>();
}

}  // namespace exercises
