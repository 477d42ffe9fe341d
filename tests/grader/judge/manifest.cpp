#include "tests/grader/judge/manifest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/program_options.hpp>
#include <charconv>
#include <map>
#include <set>
#include <sstream>
#include <string_view>
#include <system_error>
#include <utility>

#include "tests/grader/judge/files.hpp"

namespace grader {

namespace {

namespace po = boost::program_options;

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

// The line of a key: Boost's parser has no line numbers.
struct Place {
  std::string key;  // "points", "at_the_limit.points", "at_the_limit."
  int line;
};
std::vector<Place> find_places(const std::string& text) {
  std::vector<Place> places;
  std::istringstream stream(text);
  std::string line;
  std::string section;
  for (int number = 1; std::getline(stream, line); ++number) {
    const std::string_view bare =
        trimmed(std::string_view(line).substr(0, line.find('#')));
    if (bare.size() > 1 && bare.front() == '[' && bare.back() == ']') {
      section = std::string(bare.substr(1, bare.size() - 2)) + ".";
      places.push_back({section, number});
    } else if (const std::size_t equals = bare.find('=');
               equals != std::string_view::npos) {
      places.push_back(
          {section + std::string(trimmed(bare.substr(0, equals))), number});
    }
  }
  return places;
}

class Parser {
 public:
  Parser(const std::string& text, std::filesystem::path file)
      : file_(std::move(file)), text_(text), places_(find_places(text)) {}

  Manifest parse() {
    refuse_repetitions();
    read_values();
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
    // CMake looks for it.
    if (values_.count("threads") > 0 && take("threads") != "yes") {
      fail("threads", "yes, or not this key");
    }
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
    if (!values_.empty()) {
      fail(values_.begin()->first,
           "no such key; see tests/grader/judge/manifest.hpp");
    }
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

  void read_values() {
    std::istringstream stream(text_);
    try {
      const auto parsed =
          po::parse_config_file(stream, po::options_description(), true);
      for (const auto& option : parsed.options) {
        values_[option.string_key] = option.value.at(0);
      }
    } catch (const po::invalid_config_file_syntax& error) {
      throw ManifestError(
          fmt::format("{}:{}: expected: key = value, [case] or # comment",
                      file_.string(), line_with(error.tokens())));
    } catch (const po::error& error) {
      throw ManifestError(fmt::format("{}: {}", file_.string(), error.what()));
    }
  }

  int line_with(const std::string& words) const {
    const std::size_t at = text_.find(words);
    if (at == std::string::npos) return 1;
    return 1 + static_cast<int>(std::count(
                   text_.begin(),
                   text_.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
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
  const std::string& text_;
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

}  // namespace grader
