#include "chapters/04_logging/filterer.hpp"

#include <stdexcept>
#include <utility>

#include "chapters/04_logging/logging_error.hpp"

namespace ch04 {

void Filterer::add_filter(Filter filter) {
  if (!filter) throw std::invalid_argument("a filter is needed");
  auto filters = std::make_shared<Filters>();
  const std::lock_guard lock(mutex_);
  if (filters_) *filters = *filters_;
  filters->push_back(std::move(filter));
  filters_ = std::move(filters);
}

void Filterer::clear_filters() noexcept {
  std::shared_ptr<const Filters> old;
  const std::lock_guard lock(mutex_);
  old.swap(filters_);
}

bool Filterer::filter(const LogRecord& record) const noexcept {
  std::shared_ptr<const Filters> filters;
  {
    const std::lock_guard lock(mutex_);
    filters = filters_;
  }
  if (!filters) return true;
  for (const Filter& passes : *filters) {
    try {
      if (!passes(record)) return false;
    } catch (...) {
      report_logging_error(std::current_exception(), record.place,
                           record.message);
    }
  }
  return true;
}

}  // namespace ch04
