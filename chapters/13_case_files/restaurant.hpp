// A restaurant: all that a kitchen has around it on an evening. Given.
#pragma once

#include <array>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <map>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "chapters/12_wait_graph/event_loop.hpp"
#include "common/unique_fd.hpp"

namespace ch13 {

namespace asyncio = ch12;
using std::chrono::nanoseconds;

// #region orders
// As a line: "Anna pie 2 table", or "bar".
struct Order {
  std::string guest;
  std::string dish;
  int plates = 1;
  bool to_bar = false;
};
// Throws std::invalid_argument.
Order parse_order(const std::string& line);

struct Recipe {
  std::string ingredient;
  int potatoes = 0;  // to peel
  int onions = 0;    // to chop
  int eggs = 0;      // to whip
  bool fried = false;
  // Which two of the stations it needs, in the order of the recipe: a baked
  // dish 0 and 1, a fried one 2 and 3.
  std::array<std::size_t, 2> stations = {};
};
// #endregion orders

// What is special about an evening. A kitchen does not see it as a whole.
struct Evening {
  explicit Evening(int seed);

  std::vector<std::pair<nanoseconds, Order>> orders;  // when they come
  std::map<std::string, Recipe> recipes;
  std::map<std::string, nanoseconds> pace;  // of a piece of work with a tool
  std::set<std::string> missing;            // what the cellar has not
  std::string far;                          // who sits far away
  int screens = 0;
  int pagers = 0;
  std::size_t room = 0;  // for receipts, in the printer
};

// #region station
// An oven, a pan: one dish at a time.
class Station {
 public:
  // Whoever has one has the station, until it is destroyed.
  class Turn {
   public:
    explicit Turn(Station& station) : station_(&station) {}
    Turn(Turn&& other) noexcept
        : station_(std::exchange(other.station_, nullptr)) {}
    Turn& operator=(Turn&&) = delete;
    ~Turn();

   private:
    Station* station_;
  };
  explicit Station(asyncio::EventLoop& loop) : loop_(loop) {}

  // Waits until it is free. The wait graph knows who has it.
  asyncio::Coroutine<Turn> take();

 private:
  asyncio::EventLoop& loop_;
  bool taken_ = false;
  asyncio::Future<> free_;
};
// #endregion station

// #region printer
// Prints receipts, on a thread of its own, and confirms each of them on the
// loop, a second later. It has room for so many that are not confirmed yet.
class Printer {
 public:
  Printer(asyncio::EventLoop& loop, std::size_t room);
  Printer(const Printer&) = delete;
  Printer& operator=(const Printer&) = delete;
  ~Printer();

  bool is_full() const { return unconfirmed_.size() >= room_; }
  // Blocks until it is not full. So that every evening ends, somebody switches
  // it off and on after two minutes, and it has room for all from then on.
  void wait_for_room();
  // The future is done when the receipt is printed.  Throws std::runtime_error
  // if it is full.
  asyncio::Future<> print(std::string receipt);
  // All that was printed. For the time when nothing is printed any more.
  const std::vector<std::string>& paper() const { return paper_; }
  // #endregion printer

 private:
  void run();
  void confirm();

  asyncio::EventLoop& loop_;
  std::size_t room_;
  std::deque<asyncio::Future<>> unconfirmed_;
  std::vector<std::string> paper_;  // of the thread
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<std::string> next_;
  bool off_ = false;
  std::thread thread_;
};

struct OutOfStock : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// #region restaurant
class Restaurant {
 public:
  Restaurant(asyncio::EventLoop& where, Evening evening);

  // A socket: a line for each order, and its end when no more guests come.
  int door() const { return door_.read.get(); }
  const Recipe& recipe(const std::string& dish) const {
    return evening_.recipes.at(dish);
  }
  // Throws OutOfStock.
  asyncio::Coroutine<> bring_from_cellar(std::string ingredient);
  // A piece of work with a tool. It holds the thread.
  void work(const std::string& tool);
  int screens() const { return evening_.screens; }
  int pagers() const { return evening_.pagers; }
  void draw(int screen);  // what is cooking; a moment of work
  void buzz(int pager);   // something is ready; a moment of work
  void light_lamp() { ++done_["lamp"]; }
  void remind(const std::string& guest);  // of a plate that is on its way
  asyncio::Coroutine<> carry(std::string guest);  // a plate
  // What was done, and how often.
  std::vector<std::string> diary() const;

  asyncio::EventLoop& loop;
  std::deque<Station> stations;
  Printer printer;
  // #endregion restaurant

 private:
  Evening evening_;
  common::FdPair door_;
  std::map<std::string, int> done_;
  std::map<std::string, int> on_their_way_;  // plates, by guest
};

}  // namespace ch13
