// Compares the bytes of a file as char, which may have a sign: an accent comes
// before a letter.

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

#include "chapters/07_resource_warning/exercises/fd_ledger.hpp"

namespace exercises {

namespace {

class Ledger : public FdLedger {
 public:
  void opened(int fd, const Place& where) override {
    Note& note = notes_[fd];
    if (note.open) {
      tell(where, fd, "opened again, still open from " + text(note.opened));
    }
    note.open = true;
    note.opened = where;
  }
  void closed(int fd, const Place& where) override {
    Note& note = notes_[fd];
    if (!note.open) {
      tell(where, fd,
           note.closed ? "closed again, after " + text(*note.closed)
                       : "closed, but never opened");
    }
    note.open = false;
    note.closed = where;
  }
  std::vector<std::string> still_open() const override {
    std::vector<std::pair<Place, int>> open;
    for (const auto& [fd, note] : notes_) {
      if (note.open) open.emplace_back(note.opened, fd);
    }
    std::ranges::sort(open, [](const auto& a, const auto& b) {
      if (a.first.file != b.first.file) {
        return std::ranges::lexicographical_compare(
            a.first.file, b.first.file,
            [](char one, char other) { return one < other; });
      }
      if (a.first.line != b.first.line) return a.first.line < b.first.line;
      return a.second < b.second;
    });
    std::vector<std::string> lines;
    for (const auto& [place, fd] : open) {
      lines.push_back(fmt::format("{}: fd {} is still open", text(place), fd));
    }
    return lines;
  }
  std::vector<std::string> mistakes() const override { return mistakes_; }

 private:
  struct Note {
    bool open = false;
    Place opened = {};
    std::optional<Place> closed = {};
  };
  static std::string text(const Place& place) {
    return fmt::format("{}:{}", place.file, place.line);
  }
  void tell(const Place& where, int fd, const std::string& what) {
    mistakes_.push_back(fmt::format("{}: fd {} {}", text(where), fd, what));
  }

  std::map<int, Note> notes_;
  std::vector<std::string> mistakes_;
};

}  // namespace

std::unique_ptr<FdLedger> make_fd_ledger() {
  return std::make_unique<Ledger>();
}

}  // namespace exercises
