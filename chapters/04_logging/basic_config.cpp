#include "chapters/04_logging/basic_config.hpp"

#include <stdexcept>

#include "chapters/04_logging/logging_error.hpp"

namespace ch04 {

namespace {

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
  if (!config.force && !root.handlers().empty()) return;
  const auto handler = make_handler(config);
  handler->set_formatter(std::move(formatter));
  root.configure(handler, config.level, config.force);
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
