#include "chapters/04_logging/basic_config.hpp"

#include <mutex>
#include <stdexcept>

#include "chapters/04_logging/logging_error.hpp"

namespace ch04 {

namespace {

// Two threads that configure at the same time must not add two handlers.
std::mutex& configuring() {
  static auto* const mutex = new std::mutex;
  return *mutex;
}

std::shared_ptr<Handler> make_handler(const BasicConfig& config) {
  if (!config.filename.empty()) {
    return std::make_shared<FileHandler>(config.filename);
  }
  return std::make_shared<StreamHandler>(config.stream ? config.stream
                                                       : stderr);
}

}  // namespace

void basic_config(const BasicConfig& config) {
  if (config.stream && !config.filename.empty()) {
    throw std::invalid_argument(
        "'stream' and 'filename' should not be specified together");
  }
  Formatter formatter(config.format);
  Logger& root = get_logger();
  const std::lock_guard lock(configuring());
  const auto before = root.handlers();
  if (!before.empty() && !config.force) return;
  const auto handler = make_handler(config);
  handler->set_formatter(std::move(formatter));
  for (const auto& old : before) root.remove_handler(old);
  root.add_handler(handler);
  if (config.level) root.set_level(*config.level);
}

Logger& configured_root() noexcept {
  Logger& root = get_logger();
  try {
    if (!root.has_handlers()) basic_config();
  } catch (...) {
    report_logging_error(std::current_exception(),
                         std::source_location::current(), "basic_config()");
  }
  return root;
}

}  // namespace ch04
