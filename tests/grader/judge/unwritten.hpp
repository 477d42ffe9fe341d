// Finds the lines that ./workbook new left open: "STILL TO WRITE: what".
#pragma once

#include <filesystem>
#include <string>

namespace grader {

// "SHOWN:line: what", one per line; empty if the file is finished, or missing.
std::string still_to_write(const std::filesystem::path& file,
                           const std::string& shown);

}  // namespace grader
