#include "chapters/04_logging/formatter.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <mutex>
#include <stdexcept>
#include <utility>

#include "common/fork_lock.hpp"
#include "common/place.hpp"
#include "common/repr.hpp"

namespace ch04 {

namespace {

std::string asctime(const LogRecord& record) {
  using std::chrono::floor;
  const auto second = floor<std::chrono::seconds>(record.created);
  const auto rest = floor<std::chrono::milliseconds>(record.created - second);
  const std::time_t time = std::chrono::system_clock::to_time_t(second);
  std::tm local{};
  std::array<char, 64> text{};
  // The C library locks its time zones. A child that is forked meanwhile could
  // never take that lock, so we hold fork_lock(): fork() waits for it.
  const std::lock_guard lock(common::fork_lock());
  ::localtime_r(&time, &local);
  const std::size_t size =
      std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S", &local);
  return fmt::format("{},{:03}", std::string_view(text.data(), size),
                     rest.count());
}

struct Field {
  std::string_view name;
  std::string (*text)(const LogRecord&);
  bool is_number = false;
};

// clang-format off
// A constant, so that static objects can log before and after main().
constexpr Field kFields[] = {
    {"name", [](const LogRecord& r) { return r.name; }},
    {"levelname", [](const LogRecord& r) { return get_level_name(r.level); }},
    {"levelno", [](const LogRecord& r) {
       return std::to_string(r.level); }, true},
    {"message", [](const LogRecord& r) { return r.message; }},
    {"filename", [](const LogRecord& r) {
       return std::string(common::file_name(r.place)); }},
    {"lineno", [](const LogRecord& r) {
       return std::to_string(r.place.line()); }, true},
    {"funcName", [](const LogRecord& r) {
       return common::function_name(r.place); }},
    {"threadName", [](const LogRecord& r) { return r.thread_name; }},
    {"asctime", asctime},
};
// clang-format on

// Is this the first byte of a UTF-8 character?
bool begins_character(char c) {
  return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
}

const Field& find_field(std::string_view name, bool wants_number) {
  const auto* const found =
      std::find_if(std::begin(kFields), std::end(kFields),
                   [&](const Field& known) { return known.name == name; });
  if (found == std::end(kFields)) {
    throw std::invalid_argument("Formatting field not found in record: " +
                                common::repr(name));
  }
  if (wants_number && !found->is_number) {
    throw std::invalid_argument(
        "%d format: a real number is required, not str");
  }
  return *found;
}

}  // namespace

// A literal text, or a field and how to show it.
struct Formatter::Piece {
  std::string text = {};
  const Field* field = nullptr;
  bool fill_behind = false;
  std::size_t width = 0;

  // Takes "%(levelname)-7s" off the front of a format; false if there is none.
  bool read(std::string_view& format) {
    const auto bracket = format.find(')');
    if (!format.starts_with("%(") || bracket == std::string_view::npos) {
      return false;
    }
    const std::string_view name = format.substr(2, bracket - 2);
    format.remove_prefix(bracket + 1);
    fill_behind = format.starts_with('-');
    if (fill_behind) format.remove_prefix(1);
    const auto digits = format.find_first_not_of("0123456789");
    // Four digits are enough for a line, and too few to overflow.
    if (digits > 4 || format.starts_with('0')) return false;
    for (const char digit : format.substr(0, digits)) {
      width = width * 10 + static_cast<std::size_t>(digit - '0');
    }
    const char conversion = format[digits];
    format.remove_prefix(digits + 1);
    if (conversion != 's' && conversion != 'd') return false;
    field = &find_field(name, conversion == 'd');
    return true;
  }

  std::string show(const LogRecord& record) const {
    if (!field) return text;
    std::string shown = field->text(record);
    const auto length = static_cast<std::size_t>(
        std::count_if(shown.begin(), shown.end(), begins_character));
    if (length < width) {
      shown.insert(fill_behind ? shown.size() : 0, width - length, ' ');
    }
    return shown;
  }
};

Formatter::Formatter(common::Text format) {
  std::vector<Piece> pieces;
  bool has_fields = false;
  bool valid = true;
  for (std::string_view rest = format; !rest.empty() && valid;) {
    Piece& piece = pieces.emplace_back();
    if (rest.starts_with("%%")) {
      piece.text = "%";
      rest.remove_prefix(2);
    } else if (rest.starts_with('%')) {
      has_fields = valid = piece.read(rest);
    } else {
      piece.text = rest.substr(0, rest.find('%'));
      rest.remove_prefix(piece.text.size());
    }
  }
  if (!has_fields) {
    throw std::invalid_argument(fmt::format("Invalid format '{}' for '%' style",
                                            std::string_view(format)));
  }
  pieces_ = std::make_shared<const std::vector<Piece>>(std::move(pieces));
}

std::string Formatter::format(const LogRecord& record) const {
  std::string text;
  for (const Piece& piece : *pieces_) text += piece.show(record);
  if (record.exc_info) {
    if (!text.ends_with('\n')) text += '\n';
    text += *record.exc_info ? common::describe(*record.exc_info)
                             : "NoneType: None";
  }
  return text;
}

}  // namespace ch04
