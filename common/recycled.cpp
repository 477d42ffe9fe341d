#include "common/recycled.hpp"

#include <array>
#include <atomic>
#include <mutex>
#include <new>
#include <utility>

namespace common {

namespace {

#if defined(__SANITIZE_ADDRESS__)
constexpr bool kRecycle = false;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
constexpr bool kRecycle = false;
#else
constexpr bool kRecycle = true;
#endif
#else
constexpr bool kRecycle = true;
#endif

constexpr std::size_t kStep = 16;   // sizes are rounded up to a multiple
constexpr std::size_t kSizes = 32;  // so blocks of up to 512 bytes
constexpr unsigned kRounds = 128;   // blocks in a full magazine
constexpr std::size_t kFullMagazines = 64;  // kept for other threads

struct Block {
  Block* next;
};

struct Magazine {
  Block* first;
  unsigned count;

  void* pop() {
    Block* const block = first;
    first = block->next;
    --count;
    return block;
  }
  void push(void* block) {
    first = new (block) Block{first};
    ++count;
  }
  void free_all() {
    while (count > 0) ::operator delete(pop());
  }
};

// Full magazines, for threads that only take: one that posts to a loop makes
// handles, and the loop's thread frees them.
class Depot {
 public:
  Magazine take() {
    if (count_.load(std::memory_order_relaxed) == 0) return {};
    const std::lock_guard lock(mutex_);
    const std::size_t count = count_.load(std::memory_order_relaxed);
    if (count == 0) return {};
    count_.store(count - 1, std::memory_order_relaxed);
    return full_[count - 1];
  }
  // False when there are enough.
  bool give(const Magazine& magazine) {
    const std::lock_guard lock(mutex_);
    const std::size_t count = count_.load(std::memory_order_relaxed);
    if (count == full_.size()) return false;
    full_[count] = magazine;
    count_.store(count + 1, std::memory_order_relaxed);
    return true;
  }

 private:
  std::mutex mutex_;
  std::atomic<std::size_t> count_ = 0;
  std::array<Magazine, kFullMagazines> full_{};
};
constinit std::array<Depot, kSizes> depots;

struct Cache {
  Magazine loaded;
  Magazine spare;  // empty or full, so that a swap helps either way
};

// Without a constructor or destructor, so that it can be used while the
// thread's other objects are made and destroyed.
struct Caches {
  std::array<Cache, kSizes> of_size;
  bool closed;
};
constinit thread_local Caches tls{};

// Gives the blocks back when the thread ends.
struct Closer {
  ~Closer() {
    tls.closed = true;
    for (Cache& cache : tls.of_size) {
      cache.loaded.free_all();
      cache.spare.free_all();
    }
  }
};

constexpr std::size_t index_of(std::size_t size) { return (size - 1) / kStep; }

}  // namespace

void* recycled_new(std::size_t size) {
  const std::size_t index = index_of(size);
  if (!kRecycle || index >= kSizes) return ::operator new(size);
  Cache& cache = tls.of_size[index];
  if (cache.loaded.count == 0) {
    if (cache.spare.count == 0) cache.spare = depots[index].take();
    std::swap(cache.loaded, cache.spare);
  }
  if (cache.loaded.count > 0) return cache.loaded.pop();
  return ::operator new((index + 1) * kStep);
}

void recycled_delete(void* block, std::size_t size) noexcept {
  const std::size_t index = index_of(size);
  if (!kRecycle || index >= kSizes || tls.closed) {
    ::operator delete(block);
    return;
  }
  Cache& cache = tls.of_size[index];
  if (cache.loaded.count == 0) {
    // Only a thread that keeps blocks has something to give back.
    thread_local const Closer closer;
    static_cast<void>(closer);
  }
  if (cache.loaded.count == kRounds) {
    if (cache.spare.count == kRounds && !depots[index].give(cache.spare)) {
      cache.spare.free_all();
    }
    cache.spare = std::exchange(cache.loaded, {});
  }
  cache.loaded.push(block);
}

}  // namespace common
