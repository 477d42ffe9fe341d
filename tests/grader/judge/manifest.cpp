#include "tests/grader/judge/manifest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <map>
#include <set>
#include <sstream>
#include <string_view>
#include <system_error>
#include <utility>

#include "tests/grader/judge/files.hpp"

namespace grader {

namespace {

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

// A key, or "section." alone.
struct Place {
  std::string key;  // "points", "at_the_limit.points", "at_the_limit."
  std::string value;
  int line;
};

// Throws ManifestError for a line that is none of these.
std::vector<Place> find_places(const std::string& text,
                               const std::filesystem::path& file) {
  std::vector<Place> places;
  std::istringstream stream(text);
  std::string line;
  std::string section;
  for (int number = 1; std::getline(stream, line); ++number) {
    const std::string_view bare =
        trimmed(std::string_view(line).substr(0, line.find('#')));
    const std::size_t equals = bare.find('=');
    if (bare.empty()) continue;
    if (bare.size() > 2 && bare.front() == '[' && bare.back() == ']') {
      section = std::string(bare.substr(1, bare.size() - 2)) + ".";
      places.push_back({section, "", number});
    } else if (equals != std::string_view::npos && equals > 0) {
      places.push_back({section + std::string(trimmed(bare.substr(0, equals))),
                        std::string(trimmed(bare.substr(equals + 1))), number});
    } else {
      throw ManifestError(
          fmt::format("{}:{}: expected: key = value, [case] or # comment",
                      file.string(), number));
    }
  }
  return places;
}

class Parser {
 public:
  Parser(const std::string& text, std::filesystem::path file)
      : file_(std::move(file)), places_(find_places(text, file_)) {
    refuse_repetitions();
    for (const Place& place : places_) {
      if (!place.key.ends_with('.')) values_[place.key] = place.value;
    }
  }

  Manifest parse() {
    Manifest manifest;
    manifest.id = file_.stem().string();
    check_name("", manifest.id, "the file's name");
    manifest.chapter = take("chapter");
    if (manifest.chapter_number() == 0) {
      fail("chapter", "a chapter's full name, such as 06_slow_callback");
    }
    manifest.title = take("title");
    manifest.order = take_number("order", 1, 99);
    manifest.minutes = take_number("minutes", 1, 600);
    manifest.points = take_number("points", 1, 100);
    manifest.heading = take("heading");
    for (std::size_t i = 0; i < manifest.hints.size(); ++i) {
      manifest.hints[i] = take(fmt::format("hint{}", i + 1));
    }
    if (values_.count("forbids") > 0) {
      std::istringstream names(take("forbids"));
      for (std::string name; names >> name;) manifest.forbids.push_back(name);
    }
    if (values_.count("with") > 0) manifest.with = take("with");
    take_yes("threads");  // CMake looks for it
    int sum = 0;
    for (const Place& place : places_) {
      if (!place.key.ends_with('.')) continue;
      manifest.cases.push_back(take_case(place.key));
      sum += manifest.cases.back().points;
    }
    if (manifest.cases.empty()) {
      fail("", "at least one case, a [section] with title, points and why");
    }
    if (sum != manifest.points) {
      fail("points", fmt::format("{}, the sum of the cases' points", sum));
    }
    refuse_others();
    return manifest;
  }

  // tests/steps/02_event_loop/2_timers/2_timers.ini
  Manifest parse_step() {
    Manifest manifest;
    const std::string stem = file_.stem().string();
    const std::size_t end = stem.find('_');
    const std::string number = stem.substr(0, end);
    manifest.step = static_cast<int>(std::strtol(number.c_str(), nullptr, 10));
    if (end == std::string::npos || manifest.step < 1 || manifest.step > 99 ||
        number != std::to_string(manifest.step)) {
      fail("",
           "a step's number and name, such as 2_timers, not '" + stem + "'");
    }
    check_name("", stem.substr(end + 1), "a step's name");
    manifest.chapter = file_.parent_path().parent_path().filename().string();
    if (manifest.chapter_number() == 0) {
      fail("", "to be in a chapter's folder, such as 06_slow_callback");
    }
    manifest.id =
        fmt::format("{}.{}", manifest.chapter_number(), manifest.step);
    manifest.title = take("title");
    manifest.minutes = take_number("minutes", 1, 600);
    manifest.heading = take("heading");
    manifest.given = take_yes("given");
    manifest.new_start = take_yes("new_start");
    // There is nothing to write, so there may be nothing to say.
    const auto take_text = [&](const std::string& key) {
      return manifest.given && values_.count(key) == 0 ? "" : take(key);
    };
    manifest.cases = {{"", manifest.title, 0, take_text("why")}};
    for (std::size_t i = 0; i < manifest.hints.size(); ++i) {
      manifest.hints[i] = take_text(fmt::format("hint{}", i + 1));
    }
    refuse_others();
    return manifest;
  }

 private:
  [[noreturn]] void fail(const std::string& key,
                         const std::string& expected) const {
    fail_at(line_of(key), key, expected);
  }
  [[noreturn]] void fail_at(int line, const std::string& key,
                            const std::string& expected) const {
    // A person reads "at_the_limit.points" as "[at_the_limit] points".
    const std::size_t dot = key.find('.');
    const std::string shown =
        dot == std::string::npos
            ? key
            : fmt::format("[{}]{}{}", key.substr(0, dot),
                          dot + 1 < key.size() ? " " : "", key.substr(dot + 1));
    throw ManifestError(fmt::format("{}:{}: {}{}expected: {}", file_.string(),
                                    line, shown, shown.empty() ? "" : ": ",
                                    expected));
  }

  // The line of the key; else of its section; else the first.
  int line_of(const std::string& key) const {
    const auto find = [this](const std::string& wanted) {
      return std::find_if(
          places_.begin(), places_.end(),
          [&](const Place& place) { return place.key == wanted; });
    };
    auto found = find(key);
    if (found == places_.end()) found = find(key.substr(0, key.find('.') + 1));
    return found == places_.end() ? 1 : found->line;
  }

  void refuse_repetitions() const {
    std::set<std::string> seen;
    for (const Place& place : places_) {
      if (!seen.insert(place.key).second) {
        fail_at(place.line, place.key, "once only");
      }
    }
  }

  bool take_yes(const std::string& key) {
    if (values_.count(key) == 0) return false;
    if (take(key) != "yes") fail(key, "yes, or not this key");
    return true;
  }

  void refuse_others() const {
    if (values_.empty()) return;
    fail(values_.begin()->first,
         "no such key; see tests/grader/judge/manifest.hpp");
  }

  std::string take(const std::string& key) {
    const auto found = values_.find(key);
    if (found == values_.end()) fail(key, "this key, with a text");
    std::string value = std::move(found->second);
    values_.erase(found);
    if (value.empty()) fail(key, "a text");
    return value;
  }

  int take_number(const std::string& key, int low, int high) {
    const auto found = values_.find(key);
    const std::string range =
        fmt::format("a whole number from {} to {}", low, high);
    if (found == values_.end()) fail(key, "this key, with " + range);
    const std::string& value = found->second;
    int number = 0;
    const auto* const end = value.data() + value.size();
    const auto result = std::from_chars(value.data(), end, number);
    if (result.ec != std::errc() || result.ptr != end || number < low ||
        number > high) {
      fail(key, range);
    }
    values_.erase(found);
    return number;
  }

  CaseInfo take_case(const std::string& section) {
    CaseInfo info;
    info.name = section.substr(0, section.size() - 1);
    check_name(section, info.name, "a case's name", "0123456789");
    info.title = take(section + "title");
    info.points = take_number(section + "points", 1, 100);
    info.why = take(section + "why");
    if (values_.count(section + "heading") > 0) {
      info.heading = take(section + "heading");
    }
    return info;
  }

  // An id has no digits: progress is kept under it, and a number would invite
  // renumbering. The name of a case may have some.
  void check_name(const std::string& key, const std::string& name,
                  const char* what, const char* more = "") const {
    const std::string allowed =
        std::string("abcdefghijklmnopqrstuvwxyz_") + more;
    const bool good = !name.empty() && name[0] >= 'a' && name[0] <= 'z' &&
                      name.find_first_not_of(allowed) == std::string::npos;
    if (good) return;
    fail(key, fmt::format("{} of small letters{} and _, not '{}'", what,
                          *more == '\0' ? "" : ", digits", name));
  }

  std::filesystem::path file_;
  std::vector<Place> places_;
  std::map<std::string, std::string> values_;
};

}  // namespace

int Manifest::chapter_number() const {
  const auto digit = [this](std::size_t i) {
    return i < chapter.size() && chapter[i] >= '0' && chapter[i] <= '9'
               ? chapter[i] - '0'
               : -1;
  };
  if (digit(0) < 0 || digit(1) < 0 || chapter.size() < 4 || chapter[2] != '_') {
    return 0;
  }
  return digit(0) * 10 + digit(1);
}

Manifest parse_manifest(const std::string& text,
                        const std::filesystem::path& file) {
  return Parser(text, file).parse();
}

Manifest read_manifest(const std::filesystem::path& file) {
  return parse_manifest(read_file(file), file);
}

Manifest parse_step(const std::string& text,
                    const std::filesystem::path& file) {
  return Parser(text, file).parse_step();
}

}  // namespace grader
