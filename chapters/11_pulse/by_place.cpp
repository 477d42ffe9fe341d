#include "chapters/11_pulse/by_place.hpp"

namespace ch11 {

std::string name_of(const ch02::LoopObject& object) {
  if (object.kind() != ch02::LoopObject::Kind::task) {
    return object.callback_text();
  }
  const auto& task = static_cast<const ch03::TaskBase&>(object);
  return common::function_name(task.defined_at()) + "()";
}

}  // namespace ch11
