#include "chapters/04_logging/basic_config.hpp"

#include <stdexcept>

namespace ch04 {

void basic_config(const BasicConfig& config) {
  if (config.stream && !config.filename.empty()) {
    throw std::invalid_argument(
        "'stream' and 'filename' should not be specified together");
  }
  Formatter formatter(config.format);
  Logger& root = get_logger();
  if (!config.force && root.has_handlers()) return;
  std::shared_ptr<Handler> handler;
  if (!config.filename.empty()) {
    handler = std::make_shared<FileHandler>(config.filename);
  } else {
    handler =
        std::make_shared<StreamHandler>(config.stream ? config.stream : stderr);
  }
  handler->set_formatter(std::move(formatter));
  root.configure(std::move(handler), config.level, config.force);
}

}  // namespace ch04
