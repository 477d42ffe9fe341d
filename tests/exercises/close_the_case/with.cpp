// For "./workbook run 13 --with close_the_case": the restaurant has the
// learner's kitchen.
#include "chapters/13_case_files/exercises/close_the_case.hpp"
#include "chapters/13_case_files/kitchen.hpp"

ch12::Coroutine<std::vector<std::string>> ch13::work_tonight(
    Restaurant& house) {
  return exercises::work_tonight(house);
}
