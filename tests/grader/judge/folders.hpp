// Folders that a stranger's program has left: of any depth, closed to their
// owner, full of links. No path strings, which have a longest length.
#pragma once

#include <sys/types.h>

#include <string>

#include "common/unique_fd.hpp"

namespace grader {

// Opens a folder for reading, no link. If its owner has no such right, and we
// are the owner, it gets the right first: S_IRUSR and the like. `parent` may be
// AT_FDCWD. Empty if that fails.
common::UniqueFd open_folder(int parent, const std::string& name,
                             mode_t rights);

// Removes a folder with all that is in it; false if something remains. Nobody
// may write to it meanwhile.
bool remove_folder(const std::string& path);

}  // namespace grader
