// A sampler that sleeps while it should look.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <vector>

#include "chapters/11_pulse/event_loop.hpp"
#include "common/clock.hpp"

namespace asyncio = ch11;

namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

// #region sampler
// Asks a hundred times a second how late the loop is.
asyncio::Coroutine<> sample(asyncio::EventLoop& loop,
                            std::vector<nanoseconds>& lags) {
  while (true) {
    const auto start = loop.time();
    co_await asyncio::sleep(10ms);
    lags.push_back(loop.time() - start - 10ms);
  }
}
// #endregion sampler

// #region service
asyncio::Coroutine<> service(common::Clock& clock) {
  for (int i = 0; i < 10; ++i) {
    co_await asyncio::sleep(2s);  // quick
    clock.sleep(2s);              // and dead
  }
}
// #endregion service

double percentile(std::vector<nanoseconds> values, std::size_t percent) {
  std::ranges::sort(values);
  const std::size_t rank = values.size() * percent / 100;
  return common::to_seconds(values[std::min(rank, values.size() - 1)]);
}

}  // namespace

int main() {
  common::VirtualClock clock;
  asyncio::EventLoop loop(clock);
  loop.set_debug(true);
  loop.slow_callback_duration = 1h;  // quiet
  std::vector<nanoseconds> lags;
  const auto sampler = loop.create_task(sample(loop, lags));
  loop.run_until_complete(service(clock));
  sampler.set_log_destroy_pending(false);
  fmt::print("the sampler, {} times: p50 {:.3f}  p99 {:.3f}  max {:.3f} s\n",
             lags.size(), percentile(lags, 50), percentile(lags, 99),
             percentile(lags, 100));
  fmt::print("{}\n", loop.pulse().text());
  loop.close();
}
