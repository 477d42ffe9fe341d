// Step 3, done: a thread that answers
#include <fmt/format.h>
#include <pthread.h>
#include <signal.h>

#include <atomic>
#include <chrono>
#include <thread>

using namespace std::chrono_literals;

// #region shared
std::atomic<const char*> doing = nullptr;   // what the cook is doing
std::atomic<const char*> answer = nullptr;  // what the handler has found
std::atomic<bool> enough = false;

void boil_water() {
  doing = "boil_water()";
  while (!enough) {
  }
}
// #endregion shared

// #region handler
void on_signal(int) { answer = doing.load(); }
// #endregion handler

int main() {
  struct sigaction action{};
  action.sa_handler = &on_signal;
  ::sigaction(SIGURG, &action, nullptr);

  std::thread cook(boil_water);
  while (!doing) std::this_thread::yield();
  // #region ask
  ::pthread_kill(cook.native_handle(), SIGURG);
  for (int i = 0; i < 2000 && !answer; ++i) std::this_thread::sleep_for(1ms);
  const char* const found = answer ? answer.load() : "no answer";
  // #endregion ask
  fmt::print("the watchdog asks: what holds you?\n{}\n", found);
  enough = true;
  cook.join();
}
