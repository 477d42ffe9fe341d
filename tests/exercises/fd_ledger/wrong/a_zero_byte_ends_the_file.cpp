// Compares files as C strings, which end at a zero byte.

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
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
    std::vector<std::tuple<std::string, unsigned, int>> open;
    for (const auto& [fd, entry] : entries_) {
      if (entry.open) open.push_back({entry.place.file, entry.place.line, fd});
    }
    std::sort(open.begin(), open.end(), [](const auto& one, const auto& other) {
      const int order =
          std::strcmp(std::get<0>(one).c_str(), std::get<0>(other).c_str());
      if (order != 0) return order < 0;
      return std::tie(std::get<1>(one), std::get<2>(one)) <
             std::tie(std::get<1>(other), std::get<2>(other));
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
