// time_field: the time of a record, the same text in every country.
// This file is the contract: do not edit it. Yours is time_field.cpp.
#pragma once

#include <string>

#include "chapters/04_logging/log_record.hpp"

namespace exercises {

// When the record was made, in UTC, whatever the time zone of this machine:
//
//   2024-12-31 23:59:59,042
//
// Year, month, day, and hours from 00 to 23, by the Gregorian calendar; every
// number has all its digits. Behind the comma are whole milliseconds, always
// three digits. They are those that have passed: what is left below a
// millisecond is cut off, never rounded up, and this holds before 1970 as well.
// The years are 1700 to 2200, from their first to their last day.
std::string time_field(const ch04::LogRecord& record);

}  // namespace exercises
