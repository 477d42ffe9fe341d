// For tests of calls from another thread.
#pragma once

#include <functional>
#include <stdexcept>
#include <string>
#include <thread>

// The error that the function throws in another thread, while this one waits.
inline std::string in_a_thread(const std::function<void()>& function) {
  std::string result = "accepted";
  std::thread([&] {
    try {
      function();
    } catch (const std::runtime_error& error) {
      result = error.what();
    }
  }).join();
  return result;
}
