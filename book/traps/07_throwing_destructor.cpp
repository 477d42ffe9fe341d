// A destructor that warns, and a filter that makes the warning an error.
#include <cstdio>

#include "chapters/07_resource_warning/warnings.hpp"

namespace {

// #region kettle
class Kettle {
 public:
  void switch_off() { on_ = false; }
  ~Kettle() {
    if (on_) ch07::warn("the kettle is on", ch07::ResourceWarning);
  }

 private:
  bool on_ = true;
};
// #endregion kettle

// #region leave
void leave_the_house() {
  try {
    const Kettle kettle;
  } catch (const ch07::WarningError& error) {
    std::puts("caught in time");
  }
}
// #endregion leave

}  // namespace

int main() {
  ch07::simplefilter("error");
  leave_the_house();
}
