// Texts in a trace: any bytes become a JSON string, and another library's
// parser reads it.
#include <nlohmann/json.hpp>

#include "common/trace/trace.hpp"
#include "tests/fuzz/fuzz.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using fuzz::require;
  using nlohmann::json;
  const std::string text(fuzz::as_text(data, size));
  const std::string written = common::json_string(text);
  require(fuzz::harmless(written) && written.find('\n') == std::string::npos,
          "one line without control bytes", written);
  const json read = json::parse(written, nullptr, false);
  require(read.is_string(), "a JSON string", written);
  // UTF-8 must not be changed: the other library knows whether it is UTF-8.
  const std::string theirs =
      json(text).dump(-1, ' ', false, json::error_handler_t::replace);
  if (theirs == json(json::parse(theirs)).dump() &&
      theirs.find("\xef\xbf\xbd") == std::string::npos) {
    require(read.get<std::string>() == text, "UTF-8 is kept", written);
  }
  const std::string again = common::json_string(read.get<std::string>());
  require(json::parse(again, nullptr, false) == read,
          "a repaired text needs no repair", written);

  common::TraceArgs arguments;
  arguments.text(text, text).number("n", static_cast<std::int64_t>(size));
  const json object = json::parse("{" + arguments.json() + "}", nullptr, false);
  require(object.is_object() && object.size() <= 2, "arguments are an object",
          arguments.json());
  return 0;
}
