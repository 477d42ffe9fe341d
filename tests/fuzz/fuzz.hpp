// The common parts of the targets. Each is a function that libFuzzer calls with
// millions of texts, and that ends the process where a promise is broken.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

namespace fuzz {

// Ends the process, and libFuzzer keeps the input, if the promise is broken.
inline void require(bool kept, const char* promise,
                    std::string_view what = {}) {
  if (kept) return;
  std::fprintf(stderr, "broken promise: %s: '%.*s'\n", promise,
               static_cast<int>(what.size()), what.data());
  std::abort();
}

inline std::string_view as_text(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

// The text up to the separator, which is removed; the rest stays in `text`.
inline std::string_view take_until(std::string_view& text,
                                   std::string_view separator) {
  const std::size_t end = text.find(separator);
  const std::string_view taken = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size()
                                                   : end + separator.size());
  return taken;
}

// No byte moves a terminal's cursor or rings its bell; ends of lines may.
inline bool harmless(std::string_view text) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte < 0x20 && c != '\n') || byte == 0x7f) return false;
  }
  return true;
}

}  // namespace fuzz

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size);
