#include "chapters/02_event_loop/callback_name.hpp"

#include <stdexcept>

#include "common/place.hpp"

namespace ch02 {

std::string NameLabel::text() const {
  return name + "() at " + common::file_line(where);
}

std::string type_label(const char* mangled_type_name) {
  const std::string name = common::demangled(mangled_type_name);
  if (name.find("lambda") != std::string::npos ||
      name.find("$_") != std::string::npos) {
    return "<lambda>()";
  }
  if (name.find('(') != std::string::npos) return "<function>()";
  return name + "()";
}

void throw_not_callable(const char* function) {
  throw std::invalid_argument(
      std::string("a callable object was expected by ") + function +
      "(), got None");
}

}  // namespace ch02
