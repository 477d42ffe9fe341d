#include "chapters/04_logging/filterer.hpp"

#include <mutex>
#include <stdexcept>
#include <utility>

#include "chapters/04_logging/lock.hpp"
#include "chapters/04_logging/logging_error.hpp"

namespace ch04 {

void Filterer::add_filter(Filter filter) {
  if (!filter) throw std::invalid_argument("a filter is needed");
  auto added = std::make_shared<const Filter>(std::move(filter));
  auto filters = std::make_shared<Filters>();
  std::shared_ptr<const Filters> old;  // outlives the lock
  const std::lock_guard lock(module_lock());
  if (filters_) *filters = *filters_;
  filters->push_back(std::move(added));
  old = std::exchange(filters_, std::move(filters));
}

void Filterer::clear_filters() noexcept {
  std::shared_ptr<const Filters> old;
  const std::lock_guard lock(module_lock());
  old.swap(filters_);
}

bool Filterer::filter(const LogRecord& record) const noexcept {
  std::shared_ptr<const Filters> filters;
  {
    const std::lock_guard lock(module_lock());
    filters = filters_;
  }
  if (!filters) return true;
  for (const auto& passes : *filters) {
    try {
      if (!(*passes)(record)) return false;
    } catch (...) {
      report_logging_error(std::current_exception(), record);
    }
  }
  return true;
}

}  // namespace ch04
