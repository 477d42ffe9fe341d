// Logging in one line, for programs that have nothing special in mind.
#pragma once

#include <cstdio>
#include <optional>
#include <string>

#include "chapters/04_logging/logger.hpp"

namespace ch04 {

// #region basic_config
// #region settings
struct BasicConfig {
  std::optional<Level> level = {};  // of the root logger; else it stays
  std::string format = "%(levelname)s:%(name)s:%(message)s";
  std::FILE* stream = nullptr;  // nullptr: standard error
  std::string filename = {};    // to append to, instead of a stream
  bool force = false;           // replace the root's handlers
};
// #endregion settings

// Gives the root logger a handler, unless it has one already (or force is set):
//
//   basic_config({.level = DEBUG, .format = "%(levelname)7s: %(message)s"});
//
// Wrong settings are refused even then, and change nothing.  Throws
// std::invalid_argument for what Level and Formatter refuse, and "'stream' and
// 'filename' should not be specified together"; std::system_error if the file
// cannot be opened.  logging.basicConfig
void basic_config(const BasicConfig& config = {});
// #endregion basic_config

// The root logger, after basic_config() if it has no handler.
Logger& configured_root() noexcept;

// The calls of the root logger. They configure logging first, if need be.
// logging.debug and its brothers
template <class... Args>
void debug(Message<Args...> message, Args&&... args) noexcept {
  configured_root().debug<Args...>(message, std::forward<Args>(args)...);
}
template <class... Args>
void info(Message<Args...> message, Args&&... args) noexcept {
  configured_root().info<Args...>(message, std::forward<Args>(args)...);
}
template <class... Args>
void warning(Message<Args...> message, Args&&... args) noexcept {
  configured_root().warning<Args...>(message, std::forward<Args>(args)...);
}
template <class... Args>
void error(Message<Args...> message, Args&&... args) noexcept {
  configured_root().error<Args...>(message, std::forward<Args>(args)...);
}
template <class... Args>
void critical(Message<Args...> message, Args&&... args) noexcept {
  configured_root().critical<Args...>(message, std::forward<Args>(args)...);
}
template <class... Args>
void exception(Message<Args...> message, Args&&... args) noexcept {
  configured_root().exception<Args...>(message, std::forward<Args>(args)...);
}
template <class... Args>
void log(int level, Message<Args...> message, Args&&... args) noexcept {
  configured_root().log<Args...>(level, message, std::forward<Args>(args)...);
}

}  // namespace ch04
