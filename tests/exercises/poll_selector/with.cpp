// For "./workbook run 8 --with poll_selector": every loop waits on poll().
#include <memory>

#include "chapters/01_selector/exercises/poll_selector.hpp"

std::unique_ptr<ch01::Selector> ch01::default_selector() {
  return std::make_unique<exercises::PollSelector>();
}
