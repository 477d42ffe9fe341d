// Linked to what sanitizers watch: memory that is used again at once would hide
// from them that it was given back.
#include "common/recycled.hpp"

namespace {
[[maybe_unused]] const bool off = (common::stop_recycling(), true);
}
