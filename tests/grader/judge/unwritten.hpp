// Lines that ./workbook new leaves to be written: "STILL TO WRITE: what".
#pragma once

#include <filesystem>
#include <string>

namespace grader {

// "SHOWN:line: what", a line each; empty when the file is written, or missing.
std::string still_to_write(const std::filesystem::path& file,
                           const std::string& shown);

}  // namespace grader
