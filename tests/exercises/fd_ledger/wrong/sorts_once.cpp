// Keeps the open ones in order, and leaves one where it is that is opened
// again.

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

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
    const bool again = found != entries_.end() && found->second.open;
    entries_[fd] = {true, where};
    if (again) return;
    const auto is_before = [this](int a, int b) {
      const auto key = [this](int one) {
        const Place& place = entries_.at(one).place;
        return std::tuple(place.file, place.line, one);
      };
      return key(a) < key(b);
    };
    open_.insert(std::upper_bound(open_.begin(), open_.end(), fd, is_before),
                 fd);
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
    std::erase(open_, fd);
  }
  std::vector<std::string> still_open() const override {
    std::vector<std::string> lines;
    for (const int fd : open_) {
      lines.push_back(fmt::format("{}: fd {} is still open",
                                  text(entries_.at(fd).place), fd));
    }
    return lines;
  }
  std::vector<std::string> mistakes() const override { return mistakes_; }

 private:
  struct Entry {
    bool open;
    Place place;  // of the last opened() or closed()
  };
  std::map<int, Entry> entries_;
  std::vector<int> open_;
  std::vector<std::string> mistakes_;
};

}  // namespace

std::unique_ptr<FdLedger> make_fd_ledger() {
  return std::make_unique<Ledger>();
}

}  // namespace exercises
