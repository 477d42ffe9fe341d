// Linked to programs with sanitizers, which cannot see that memory was given
// back if it is reused immediately.
#include "common/recycled.hpp"

namespace {
[[maybe_unused]] const bool off = (common::stop_recycling(), true);
}
