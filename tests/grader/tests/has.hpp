// A check that shows the whole text when a part of it is missing.
#pragma once

#include <string>

#include "tests/catch.hpp"

inline void has(const std::string& text, const std::string& part) {
  INFO(text);
  CHECK(text.find(part) != std::string::npos);
}
