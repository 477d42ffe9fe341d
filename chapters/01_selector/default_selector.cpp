// A separate file, so that a program can bring another one: the linker takes
// this one from the library only if there is none yet.
#include <memory>

#include "chapters/01_selector/epoll_selector.hpp"
#include "chapters/01_selector/kqueue_selector.hpp"

namespace ch01 {

std::unique_ptr<Selector> default_selector() {
#ifdef __linux__
  return std::make_unique<EpollSelector>();
#else
  return std::make_unique<KqueueSelector>();
#endif
}

}  // namespace ch01
