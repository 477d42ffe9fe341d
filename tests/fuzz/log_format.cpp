// Log formats: FORMAT, an end of line, MESSAGE.
#include <algorithm>
#include <exception>
#include <optional>
#include <stdexcept>

#include "chapters/04_logging/formatter.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace {

using fuzz::require;

ch04::LogRecord make_record(std::string_view message) {
  ch04::LogRecord record;
  record.name = "app.db";
  record.level = ch04::WARNING;
  record.message = std::string(message);
  record.place = std::source_location::current();
  record.created = std::chrono::system_clock::time_point(
      std::chrono::milliseconds(1'735'689'599'042));
  record.thread_name = "MainThread";
  return record;
}

// Nothing if the format is refused; there are three forms of refusal.
std::optional<std::string> show(std::string_view format,
                                const ch04::LogRecord& record) {
  try {
    const ch04::Formatter formatter(format);
    std::string shown = formatter.format(record);
    require(shown == formatter.format(record), "the same twice", format);
    return shown;
  } catch (const std::invalid_argument& error) {
    const std::string_view what = error.what();
    if (what.starts_with("Formatting field not found in record: '") ||
        what.starts_with("Formatting field not found in record: \"")) {
      require(fuzz::harmless(what), "a field's name is printable", what);
      return std::nullopt;
    }
    // what() ends at a byte 0.
    const std::string wanted =
        "Invalid format '" + std::string(format) + "' for '%' style";
    require(what == "%d format: a real number is required, not str" ||
                what == wanted.c_str(),
            "a refusal names the format", what);
    return std::nullopt;
  }
}

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(),
      [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80; }));
}

// A format gives the text that its halves give.
void check_joined(std::string_view format, const ch04::LogRecord& record) {
  const auto alone = show(format, record);
  if (!alone) return;
  const std::string text(format);
  require(show(text + "%(levelname)-9s|%%", record) == *alone + "WARNING  |%",
          "a field behind it", format);
  require(show("%(levelno)5d %%" + text, record) == "   30 %" + *alone,
          "a field before it", format);
}

void check_width(std::size_t width, const ch04::LogRecord& record) {
  const auto number = std::to_string(width) + "s";
  const auto right = show("%(message)" + number, record);
  const auto left = show("%(message)-" + number, record);
  require(right && left, "a width", number);
  const std::size_t shown = characters(record.message);
  require(characters(*right) == std::max(shown, width), "as wide as asked",
          *right);
  require(characters(*left) == std::max(shown, width), "as wide as asked",
          *left);
  const std::string padding(width > shown ? width - shown : 0, ' ');
  require(right->starts_with(padding) && left->ends_with(padding),
          "spaces on the other side", *left);
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view message = fuzz::as_text(data, size);
  const std::string_view format = fuzz::take_until(message, "\n");
  const ch04::LogRecord record = make_record(message);
  check_joined(format, record);
  check_width(1 + format.size() % 60, record);
  return 0;
}
