// The report: who made all the handles that still wait?
// This file is the contract: do not edit it. Yours is origin_report.cpp.
#pragma once

#include <string>
#include <vector>

#include "chapters/05_set_debug/event_loop.hpp"

namespace exercises {

// The handles of a program that have not run yet, as it has collected them:
// each of them once.
using Handles = std::vector<common::Ref<ch05::Handle>>;

// A line for each place that made some of them:
//
//   12 handles created at orders.cpp:9, in take_orders
//   1 handle created at orders.cpp:120, in Cafe::close
//
// * A handle that was cancelled waits for nothing, and does not count. Nor does
//   an empty reference.
// * A place is a file, without its folders, and a line, as common::file_line()
//   writes them: what was made in one line belongs together, and two lines of
//   one function are two places. The function is what common::function_name()
//   says; those of one line are in one function.
// * The place with most handles comes first. Of those with equally many, files
//   come in the order of their names, without folders, and lines in the order
//   of the file.
// * Debug mode may be on or off: the report is the same.
// * It is about these handles only, and changes none of them.
//
// No place is an empty report.
std::vector<std::string> origin_report(const Handles& handles);

}  // namespace exercises
