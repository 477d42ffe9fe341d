// Waits while an exception is being handled.
#include <chrono>
#include <stdexcept>

#include "chapters/03_coroutine_task/sleep.hpp"

namespace asyncio = ch03;
using namespace std::chrono_literals;

asyncio::Coroutine<> boil_water();

// #region breakfast
asyncio::Coroutine<> breakfast() {
  try {
    co_await boil_water();
  } catch (const std::runtime_error&) {
    co_await asyncio::sleep(1s);  // and then try again
    co_await boil_water();
  }
}
// #endregion breakfast

// #region fixed
asyncio::Coroutine<> patient_breakfast() {
  bool failed = false;
  try {
    co_await boil_water();
  } catch (const std::runtime_error&) {
    failed = true;
  }
  if (failed) {
    co_await asyncio::sleep(1s);
    co_await boil_water();
  }
}
// #endregion fixed
