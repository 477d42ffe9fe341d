// The same work for libuv.
//
// libuv has no queue of callbacks: it has handles, which the caller keeps and
// starts. Their memory is allocated outside of what is measured, which is in
// its favour. Where a name ends in _kept the handles are even initialised
// outside, and started again and again: a program that knows its callbacks
// beforehand can do that, a call_soon(function) cannot.
#include <uv.h>

#include <functional>
#include <mutex>
#include <semaphore>
#include <thread>
#include <utility>
#include <vector>

#include "tests/bench/bench.hpp"
#include "tests/bench/sockets.hpp"

namespace {

struct Loop {
  Loop() { uv_loop_init(&loop); }
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;
  ~Loop() {
    // Handles must live until their close callbacks.
    uv_walk(
        &loop,
        [](uv_handle_t* handle, void*) {
          if (!uv_is_closing(handle)) uv_close(handle, nullptr);
        },
        nullptr);
    uv_run(&loop, UV_RUN_DEFAULT);
    uv_loop_close(&loop);
  }
  uv_loop_t loop;
};

// The cheapest way to have a callback run in the next iteration is an idle
// handle that stops itself; a timer of 0 ms would pass through the heap. One
// epoll_wait an iteration comes with it.
void call_soon(benchmark::State& state, bool kept) {
  std::vector<uv_idle_t> handles(bench::kBatch);
  Loop loop;
  std::size_t calls = 0;
  const auto init = [&loop, &calls](uv_idle_t& handle) {
    uv_idle_init(&loop.loop, &handle);
    handle.data = &calls;
  };
  const uv_idle_cb call = [](uv_idle_t* handle) {
    ++*static_cast<std::size_t*>(handle->data);
    uv_idle_stop(handle);
  };
  const uv_idle_cb call_and_close = [](uv_idle_t* handle) {
    ++*static_cast<std::size_t*>(handle->data);
    uv_close(reinterpret_cast<uv_handle_t*>(handle), nullptr);  // stops it
  };
  if (kept) {
    for (uv_idle_t& handle : handles) init(handle);
  }
  for ([[maybe_unused]] auto _ : state) {
    for (uv_idle_t& handle : handles) {
      if (!kept) init(handle);
      uv_idle_start(&handle, kept ? call : call_and_close);
    }
    uv_run(&loop.loop, UV_RUN_NOWAIT);
  }
  if (calls != bench::kBatch * static_cast<std::size_t>(state.iterations())) {
    state.SkipWithError("callbacks are missing");
  }
  bench::per_operation(state, bench::kBatch);
}

// libuv counts in milliseconds: 0 to 10 of them, so that the heap has work.
void timers_fire(benchmark::State& state, std::size_t count) {
  const auto delays = bench::random_delays(count);
  std::vector<uv_timer_t> timers(count);
  Loop loop;
  for (uv_timer_t& timer : timers) uv_timer_init(&loop.loop, &timer);
  for ([[maybe_unused]] auto _ : state) {
    for (std::size_t i = 0; i < count; ++i) {
      uv_timer_start(
          &timers[i], [](uv_timer_t*) {},
          static_cast<std::uint64_t>(delays[i].count()) / 100, 0);
    }
    uv_run(&loop.loop, UV_RUN_DEFAULT);
  }
  bench::per_operation(state, count);
}

void timers_cancel(benchmark::State& state, std::size_t count) {
  const auto delays = bench::random_delays(count);
  std::vector<uv_timer_t> timers(count);
  Loop loop;
  for (uv_timer_t& timer : timers) uv_timer_init(&loop.loop, &timer);
  for ([[maybe_unused]] auto _ : state) {
    for (std::size_t i = 0; i < count; ++i) {
      uv_timer_start(
          &timers[i], [](uv_timer_t*) {},
          3'600'000 + static_cast<std::uint64_t>(delays[i].count()), 0);
    }
    for (uv_timer_t& timer : timers) uv_timer_stop(&timer);
    uv_run(&loop.loop, UV_RUN_NOWAIT);
  }
  bench::per_operation(state, count);
}

// uv_async_send only wakes the loop, however often it is called. A program that
// wants one call for each post keeps a queue beside it; this is the usual one.
class Posts {
 public:
  explicit Posts(uv_loop_t& loop) {
    uv_async_init(&loop, &async_, [](uv_async_t* async) {
      static_cast<Posts*>(async->data)->run();
    });
    async_.data = this;
  }
  void post(std::function<void()> function) {
    {
      const std::lock_guard lock(mutex_);
      posted_.push_back(std::move(function));
    }
    uv_async_send(&async_);
  }

 private:
  void run() {
    {
      const std::lock_guard lock(mutex_);
      running_.swap(posted_);
    }
    for (const auto& function : running_) function();
    running_.clear();
  }
  uv_async_t async_;
  std::mutex mutex_;
  std::vector<std::function<void()>> posted_;
  std::vector<std::function<void()>> running_;
};

void post(benchmark::State& state) {
  Loop loop;
  Posts posts(loop.loop);
  for ([[maybe_unused]] auto _ : state) {
    std::size_t left = bench::kPosts;
    std::thread poster([&loop, &posts, &left] {
      for (std::size_t i = 0; i < bench::kPosts; ++i) {
        posts.post([&loop, &left] {
          if (--left == 0) uv_stop(&loop.loop);
        });
      }
    });
    uv_run(&loop.loop, UV_RUN_DEFAULT);
    poster.join();
  }
  bench::per_operation(state, bench::kPosts);
}

void post_ping_pong(benchmark::State& state) {
  Loop loop;
  Posts posts(loop.loop);
  for ([[maybe_unused]] auto _ : state) {
    std::binary_semaphore answered(0);
    std::thread poster([&loop, &posts, &answered] {
      for (std::size_t i = 0; i < bench::kBatch; ++i) {
        posts.post([&answered] { answered.release(); });
        answered.acquire();
      }
      posts.post([&loop] { uv_stop(&loop.loop); });
    });
    uv_run(&loop.loop, UV_RUN_DEFAULT);
    poster.join();
  }
  bench::per_operation(state, bench::kBatch);
}

// One end of a connection; it writes back what it reads, that many times.
struct Stream {
  uv_tcp_t tcp;
  bench::Message buffer;
  std::size_t reads_left;
  bool answers_last;  // the server does, the client has asked first
  std::size_t* open;
};

void send_message(Stream& stream) {
  uv_buf_t message = uv_buf_init(stream.buffer.data(), bench::kMessage);
  uv_try_write(reinterpret_cast<uv_stream_t*>(&stream.tcp), &message, 1);
}

void provide_buffer(uv_handle_t* handle, std::size_t, uv_buf_t* buffer) {
  auto* const stream = static_cast<Stream*>(handle->data);
  *buffer = uv_buf_init(stream->buffer.data(), bench::kMessage);
}

void message_came(uv_stream_t* tcp, ssize_t, const uv_buf_t*) {
  auto* const stream = static_cast<Stream*>(tcp->data);
  if (stream->reads_left == 0) return;
  const bool last = --stream->reads_left == 0;
  if (!last || stream->answers_last) send_message(*stream);
  if (last && --*stream->open == 0) uv_stop(tcp->loop);
}

void echo(benchmark::State& state, std::size_t connections) {
  std::vector<Stream> streams(2 * connections);  // clients at even numbers
  Loop loop;
  std::size_t open = 0;
  for (std::size_t i = 0; i < connections; ++i) {
    common::FdPair sockets = bench::connected_sockets();
    Stream* const pair = &streams[2 * i];
    for (Stream* stream : {pair, pair + 1}) {
      uv_tcp_init(&loop.loop, &stream->tcp);
      stream->tcp.data = stream;
      stream->answers_last = stream != pair;
      stream->open = &open;
    }
    uv_tcp_open(&pair[0].tcp, sockets.read.release());
    uv_tcp_open(&pair[1].tcp, sockets.write.release());
    for (Stream* stream : {pair, pair + 1}) {
      uv_read_start(reinterpret_cast<uv_stream_t*>(&stream->tcp),
                    provide_buffer, message_came);
    }
  }
  for ([[maybe_unused]] auto _ : state) {
    open = streams.size();
    for (Stream& stream : streams) {
      stream.reads_left = bench::kRoundTrips / connections;
    }
    for (std::size_t i = 0; i < connections; ++i) send_message(streams[2 * i]);
    uv_run(&loop.loop, UV_RUN_DEFAULT);
  }
  bench::per_operation(state, bench::kRoundTrips);
}

template <class Function, class Argument>
auto with(Function function, Argument argument) {
  return [=](benchmark::State& state) { function(state, argument); };
}

const bool added = [] {
  using bench::add;
  add("call_soon/libuv", with(call_soon, false));
  add("call_soon/libuv_kept", with(call_soon, true));
  add("timers_fire_1e5/libuv_kept", with(timers_fire, 100'000));
  add("timers_cancel_1e5/libuv_kept", with(timers_cancel, 100'000));
  add("post/libuv", post, bench::Meter::process);
  add("post_ping_pong/libuv", post_ping_pong, bench::Meter::wall);
  add("echo_1/libuv", with(echo, 1));
  add("echo_100/libuv", with(echo, 100));
  return true;
}();

}  // namespace
