// A mailbox: threads leave callbacks, and the loop's thread runs them.
// This file is the contract: do not edit it. Yours is threadsafe_post.cpp.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>

namespace exercises {

// A list of callbacks, of which only the head is shared between threads.
// Callbacks do not throw.
class Mailbox {
 public:
  // `ring` is called by post(), in the thread that posts, when the callback is
  // in the box. It makes sure that the loop's thread comes and calls deliver():
  // at once, or some time later.
  explicit Mailbox(std::function<void()> ring);

  // You write these four.
  //
  // What was posted and not delivered is destroyed, and does not run.
  ~Mailbox();
  // For any thread, and several at a time: puts the callback into the box.
  // Rings if the box was empty, and only then: the one ring brings the loop's
  // thread to all the letters that follow. Takes no lock: wherever a thread is
  // interrupted in here, the others go on.
  // Throws std::runtime_error after close(), without a ring, and the callback
  // is destroyed. A post() that has seen the box open may put its letter into
  // it when close() is over; that one waits for deliver() or the destructor.
  void post(std::function<void()> callback);
  // For the loop's thread: takes all that is in the box out at once, runs it in
  // the order in which it was posted, and destroys it, right after its run or
  // when all have run. Returns how many there were. What a callback posts
  // meanwhile is for the next time, with a ring of its own; and if a callback
  // calls close(), those taken out still run.
  std::size_t deliver();
  // For the loop's thread: from now on post() throws. What was in the box is
  // destroyed, and does not run. A second close() does nothing.
  void close();

 protected:
  struct Letter {
    std::function<void()> callback;
    Letter* next;  // the one that was posted before
  };

  std::function<void()> ring_;
  std::atomic<Letter*> newest_ = nullptr;  // the whole box; yours to delete
  std::atomic<bool> closed_ = false;
};

}  // namespace exercises
