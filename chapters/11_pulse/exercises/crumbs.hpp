// Crumbs: a chat server, in which nobody is slow.
// This file is the contract: do not edit it. Yours is crumbs.cpp.
#pragma once

#include <deque>
#include <functional>
#include <string>

#include "chapters/11_pulse/event_loop.hpp"

namespace exercises {

// Given: what the server does for one member. Each call takes some of the
// loop's time, less than 5 ms. How much, only the loop can tell. It throws
// nothing.
class Member {
 public:
  virtual ~Member() = default;
  virtual void stop_typing() = 0;
  virtual void refresh_avatar() = 0;
  virtual void deliver(const std::string& text) = 0;
  virtual void count_unread() = 0;
  virtual void ring() = 0;
};

// A message to the room makes the server do five things, each with one callback
// per member. Together these take no more than 3 ms, but for one of the five.
class Room {
 public:
  // The loop and the members outlive the room, and the room its batches.
  Room(ch11::EventLoop& loop, std::deque<Member*> members)
      : loop_(loop), members_(std::move(members)) {}

  // You change one of the five features that this starts. No turn may take 30
  // ms or longer, with up to five messages in one turn; a member may post one,
  // too. All that has to be done for a message is done once, in the order in
  // which it is done now. It is done in batches: a batch has begun at some
  // time, and goes on until 10 ms have passed since, or nothing is left. If
  // something is left, the next batch runs in the next turn. Never are there
  // two batches in one turn. The other four features stay as they are.
  void post(const std::string& text);

 protected:
  void stop_typing();
  void refresh_avatars();
  void deliver(const std::string& text);
  void count_unread();
  void ring();
  // For you, if you like: runs a batch.
  void run_batch();

  ch11::EventLoop& loop_;
  std::deque<Member*> members_;
  std::deque<std::function<void()>> todo_;  // for you: what waits for a batch
};

}  // namespace exercises
