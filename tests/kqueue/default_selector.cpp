// Replaces the chapter's file in this program.
#include "chapters/01_selector/kqueue_selector.hpp"

namespace ch01 {

std::unique_ptr<Selector> default_selector() {
  return std::make_unique<KqueueSelector>();
}

}  // namespace ch01
