#include "common/recycled.hpp"

#include <array>
#include <atomic>
#include <new>

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

constexpr std::size_t kStep = 16;        // sizes are rounded up to a multiple
constexpr std::size_t kLists = 32;       // so blocks of up to 512 bytes
constexpr unsigned kMostBlocks = 16384;  // kept in one list

struct Block {
  Block* next;
};

struct List {
  Block* first;
  unsigned count;
};

// Without a constructor or destructor, so that it can be used while the
// thread's other objects are made and destroyed.
struct Lists {
  std::array<List, kLists> lists;
  bool closed;
};
constinit thread_local Lists tls{};
constinit std::atomic<bool> stopped = false;

// Gives the blocks back when the thread ends.
struct Closer {
  ~Closer() {
    tls.closed = true;
    for (List& list : tls.lists) {
      while (list.first) {
        Block* block = list.first;
        list.first = block->next;
        ::operator delete(block);
      }
    }
  }
};

constexpr std::size_t list_of(std::size_t size) { return (size - 1) / kStep; }

}  // namespace

void* recycled_new(std::size_t size) {
  const std::size_t index = list_of(size);
  if (!kRecycle || index >= kLists) return ::operator new(size);
  List& list = tls.lists[index];
  if (Block* block = list.first) {
    list.first = block->next;
    --list.count;
    return block;
  }
  return ::operator new((index + 1) * kStep);
}

void recycled_delete(void* block, std::size_t size) noexcept {
  const std::size_t index = list_of(size);
  if (!kRecycle || index >= kLists || tls.closed ||
      tls.lists[index].count == kMostBlocks || stopped) {
    ::operator delete(block);
    return;
  }
  List& list = tls.lists[index];
  if (!list.first) {
    // Only a thread that keeps blocks has something to give back.
    thread_local const Closer closer;
    static_cast<void>(closer);
  }
  list.first = new (block) Block{list.first};
  ++list.count;
}

void stop_recycling() noexcept { stopped = true; }

std::size_t recycled_bytes() noexcept {
  std::size_t bytes = 0;
  std::size_t size = 0;
  for (const List& list : tls.lists) bytes += (size += kStep) * list.count;
  return bytes;
}

}  // namespace common
