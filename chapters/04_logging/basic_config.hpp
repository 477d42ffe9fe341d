// Logging in one line, for programs that have nothing special in mind.
#pragma once

#include <cstdio>
#include <optional>
#include <string>

#include "chapters/04_logging/logger.hpp"

namespace ch04 {

// #region settings
struct BasicConfig {
  std::optional<Level> level = {};  // of the root logger; unset: no change
  std::string format = "%(levelname)s:%(name)s:%(message)s";
  std::FILE* stream = nullptr;   // nullptr: standard error
  std::string filename = {};     // to append to, instead of a stream
  common::Switch force = false;  // replace the root's handlers
};
// #endregion settings

// Gives the root logger a handler, unless it has one already (or force is set):
//
//   basic_config({.level = DEBUG, .format = "%(levelname)7s: %(message)s"});
//
// Wrong settings are refused even then, and change nothing.  Throws
// std::invalid_argument if Level or Formatter does, and for "'stream' and
// 'filename' should not be specified together"; std::system_error if the file
// cannot be opened.  logging.basicConfig
void basic_config(const BasicConfig& config = {});

}  // namespace ch04
