// What a loop counts for each place in the source.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <source_location>
#include <string>
#include <vector>

#include "chapters/03_coroutine_task/task.hpp"
#include "common/place.hpp"

namespace ch11 {

// A coroutine's name for a task, that of the callback otherwise.
std::string name_of(const ch02::LoopObject& object);

// A row for each place. A program has few places, and comes to them in much the
// same order each time: so the search begins at the row that was found last.
// A row lasts as long as the table.
template <class Row>
class ByPlace {
 public:
  // A new row has the object's place and name, and is empty otherwise.
  Row& row_of(const ch02::LoopObject& object) {
    const std::source_location& place = object.created_at();
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      if (common::same_place(rows_[last_].place, place)) return rows_[last_];
      last_ = last_ + 1 < rows_.size() ? last_ + 1 : 0;
    }
    rows_.push_back({place, name_of(object)});
    last_ = rows_.size() - 1;
    return rows_.back();
  }
  std::vector<Row>& rows() { return rows_; }
  // Of the rows that are chosen, the three with the largest values, the largest
  // first; of equal ones, the older.
  template <std::predicate<const Row&> Choice, class Value>
  std::vector<const Row*> three_largest(Choice chosen,
                                        Value Row::* value) const {
    std::vector<const Row*> largest;
    for (const Row& row : rows_) {
      if (chosen(row)) largest.push_back(&row);
    }
    std::ranges::sort(largest, [value](const Row* a, const Row* b) {
      return a->*value != b->*value ? a->*value > b->*value : a < b;
    });
    if (largest.size() > 3) largest.resize(3);
    return largest;
  }

 private:
  std::vector<Row> rows_;
  std::size_t last_ = 0;
};

}  // namespace ch11
