#include "chapters/04_logging/formatter.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <ctime>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <utility>
#include <variant>

#include "chapters/04_logging/lock.hpp"
#include "common/place.hpp"
#include "common/repr.hpp"

namespace ch04 {

namespace {

using std::chrono::floor;
using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::system_clock;

// What a field can be, and so which conversions it takes.
using Value = std::variant<std::string, long long, double>;
using Getter = Value (*)(const LogRecord&);

long long milliseconds_of(const LogRecord& record) {
  const auto whole = floor<seconds>(record.created);
  return floor<milliseconds>(record.created - whole).count();
}

std::string asctime(const LogRecord& record) {
  const std::time_t time = system_clock::to_time_t(system_clock::time_point(
      floor<seconds>(record.created).time_since_epoch()));
  std::tm local{};
  std::array<char, 64> text{};
  // The C library has a lock for time zones, and a child would find it locked:
  // fork() waits for ours.
  const std::lock_guard lock(module_lock());
  ::localtime_r(&time, &local);
  const std::size_t size =
      std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S", &local);
  return fmt::format("{},{:03}", std::string_view(text.data(), size),
                     milliseconds_of(record));
}

std::string module(const LogRecord& record) {
  const std::string_view file = common::file_name(record.place);
  return std::string(file.substr(0, file.rfind('.')));
}

// clang-format off
// Constant, so that handlers of static objects find it, too.
constexpr std::pair<std::string_view, Getter> kFields[] = {
    {"name", [](const LogRecord& r) -> Value { return r.name; }},
    {"levelno", [](const LogRecord& r) -> Value {
       return static_cast<long long>(r.level); }},
    {"levelname", [](const LogRecord& r) -> Value {
       return get_level_name(r.level); }},
    {"message", [](const LogRecord& r) -> Value { return r.message; }},
    {"filename", [](const LogRecord& r) -> Value {
       return std::string(common::file_name(r.place)); }},
    {"module", [](const LogRecord& r) -> Value { return module(r); }},
    {"pathname", [](const LogRecord& r) -> Value {
       return std::string(r.place.file_name()); }},
    {"lineno", [](const LogRecord& r) -> Value {
       return static_cast<long long>(r.place.line()); }},
    {"funcName", [](const LogRecord& r) -> Value {
       return common::function_name(r.place); }},
    {"asctime", [](const LogRecord& r) -> Value { return asctime(r); }},
    {"created", [](const LogRecord& r) -> Value {
       return std::chrono::duration<double>(
           r.created.time_since_epoch()).count(); }},
    {"msecs", [](const LogRecord& r) -> Value { return milliseconds_of(r); }},
    {"threadName", [](const LogRecord& r) -> Value { return r.thread_name; }},
    {"processName", [](const LogRecord&) -> Value {
       return std::string("MainProcess"); }},
    {"process", [](const LogRecord&) -> Value {
       return static_cast<long long>(::getpid()); }},
};
// clang-format on

Getter find_field(std::string_view name) {
  for (const auto& [known, getter] : kFields) {
    if (known == name) return getter;
  }
  return nullptr;
}

bool contains(std::string_view set, char c) {
  return set.find(c) != std::string_view::npos;
}

// Does a byte begin a character of UTF-8?
bool begins_character(char c) {
  return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
}

// Reads "(levelname)-7.3s" from left to right.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  bool at_end() const { return at_ == text_.size(); }
  std::size_t position() const { return at_; }
  bool skip(char c) {
    if (at_end() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  std::string_view since(std::size_t start) const {
    return text_.substr(start, at_ - start);
  }
  char next() { return at_end() ? '\0' : text_[at_++]; }
  // Everything up to one of the characters, or to the end.
  std::string_view until(std::string_view characters) {
    return take(text_.find_first_of(characters, at_));
  }
  std::string_view while_in(std::string_view characters) {
    return take(text_.find_first_not_of(characters, at_));
  }
  // A number of at most four digits: enough for a line, too few to overflow.
  // Nothing where it is longer; 0 where there is none.
  std::optional<int> number() {
    const std::string_view digits = while_in("0123456789");
    if (digits.size() > 4) return std::nullopt;
    int value = 0;
    for (const char c : digits) value = value * 10 + (c - '0');
    return value;
  }

 private:
  std::string_view take(std::size_t end) {
    if (end == std::string_view::npos) end = text_.size();
    const std::string_view taken = text_.substr(at_, end - at_);
    at_ = end;
    return taken;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

[[noreturn]] void refuse(std::string_view format) {
  throw std::invalid_argument(
      fmt::format("Invalid format '{}' for '%' style", format));
}

}  // namespace

// A literal text, or a field and how to show it.
struct Formatter::Piece {
  std::string text;  // of a field: as it was written
  bool is_field = false;
  std::string name;
  Getter value = nullptr;
  std::string flags;
  int width = 0;
  std::optional<int> precision;
  char conversion = 's';

  // Reads what follows a single %; false if it is no field.
  bool read(Reader& reader) {
    const std::size_t start = reader.position();
    is_field = true;
    if (!reader.skip('(')) return false;
    name = reader.until(")");
    if (!reader.skip(')')) return false;
    flags = reader.while_in("-+ 0#");
    std::erase(flags, '#');  // C has none for whole numbers
    const auto read_width = reader.number();
    if (!read_width) return false;
    width = *read_width;
    if (reader.skip('.')) {
      precision = reader.number();
      if (!precision) return false;
    }
    conversion = reader.next();
    text = "%" + std::string(reader.since(start));
    return is_text() || is_integer() || is_float();
  }

  // Looks the field up. Returns what is wrong with it, or "".
  std::string check() {
    const Getter getter = find_field(name);
    if (!getter) {
      return "Formatting field not found in record: " + common::repr(name);
    }
    const LogRecord sample;  // tells texts from numbers
    if (!is_text() && std::holds_alternative<std::string>(getter(sample))) {
      if (is_float()) return "must be real number, not str";
      return fmt::format(
          "%{} format: {} is required, not str", conversion,
          contains("diu", conversion) ? "a real number" : "an integer");
    }
    value = getter;
    return {};
  }

  bool is_text() const { return contains("sr", conversion); }
  bool is_integer() const { return contains("diuxXo", conversion); }
  bool is_float() const { return contains("eEfFgG", conversion); }

  std::string show(const LogRecord& record) const {
    if (!value) return text;
    return is_text() ? show_text(value(record)) : show_number(value(record));
  }

  std::string show_text(const Value& of_field) const {
    std::string shown;
    if (const auto* string = std::get_if<std::string>(&of_field)) {
      shown = conversion == 'r' ? common::repr(*string) : *string;
    } else if (const auto* integer = std::get_if<long long>(&of_field)) {
      shown = common::repr(*integer);
    } else {
      shown = common::repr(std::get<double>(of_field));
    }
    int length = 0;
    for (std::size_t i = 0; i < shown.size(); ++i) {
      if (!begins_character(shown[i])) continue;
      if (precision && length == *precision) {
        shown.resize(i);
        break;
      }
      ++length;
    }
    if (length < width) {
      const auto missing = static_cast<std::size_t>(width - length);
      shown.insert(contains(flags, '-') ? shown.size() : 0, missing, ' ');
    }
    return shown;
  }

  // Python's rules for numbers are those of C.
  std::string show_number(const Value& of_field) const {
    const auto* integer = std::get_if<long long>(&of_field);
    const double* floating = std::get_if<double>(&of_field);
    std::string format = "%" + flags;
    if (width > 0) format += std::to_string(width);
    if (precision) format += "." + std::to_string(*precision);
    if (is_integer()) {
      format += conversion == 'u' ? "lld" : std::string("ll") + conversion;
      return print(format.c_str(),
                   integer ? *integer : static_cast<long long>(*floating));
    }
    format += conversion;
    return print(format.c_str(),
                 floating ? *floating : static_cast<double>(*integer));
  }

  template <class Number>
  static std::string print(const char* format, Number number) {
    const int size = std::snprintf(nullptr, 0, format, number);
    std::string shown(static_cast<std::size_t>(size) + 1, '\0');
    std::snprintf(shown.data(), shown.size(), format, number);
    shown.pop_back();
    return shown;
  }
};

Formatter::Formatter(std::string_view format) {
  std::vector<Piece> pieces;
  Reader reader(format);
  while (!reader.at_end()) {
    Piece piece;
    if (piece.text = reader.until("%"); piece.text.empty()) {
      reader.skip('%');
      if (reader.skip('%')) {
        piece.text = "%";
      } else if (!piece.read(reader)) {
        refuse(format);
      }
    }
    pieces.push_back(std::move(piece));
  }
  bool has_fields = false;
  for (Piece& piece : pieces) {
    if (!piece.is_field) continue;
    has_fields = true;
    const std::string problem = piece.check();
    if (problem_.empty()) problem_ = problem;
  }
  if (!has_fields) refuse(format);
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
