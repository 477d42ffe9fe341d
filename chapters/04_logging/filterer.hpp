// Filters: a say in what is logged.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "chapters/04_logging/log_record.hpp"

namespace ch04 {

// False: the record goes no further.
using Filter = std::function<bool(const LogRecord&)>;

// What loggers and handlers have in common. May be used by many threads.
// logging.Filterer
class Filterer {
 public:
  // Throws std::invalid_argument for an empty function.
  void add_filter(Filter filter);
  void clear_filters() noexcept;

  // Do all filters let the record pass? One that throws is reported, and the
  // record passes: a mistake in a filter must not lose it.
  bool filter(const LogRecord& record) const noexcept;

 protected:
  Filterer() = default;
  ~Filterer() = default;

 private:
  using Filters = std::vector<std::shared_ptr<const Filter>>;

  // The list is replaced and never changed, so it is called without a lock,
  // and a filter may log or add filters.
  std::shared_ptr<const Filters> filters_;  // the module's lock guards it
};

}  // namespace ch04
