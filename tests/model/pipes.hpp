// The pipes of all programs: opened once, and empty between programs.
#pragma once

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <stdexcept>

#include "common/unique_fd.hpp"
#include "tests/model/program.hpp"

namespace model {

class Pipes {
 public:
  Pipes() {
    for (auto& pipe : pairs_) pipe = common::make_pipe();
    std::ranges::sort(
        pairs_, {}, [](const common::FdPair& pipe) { return pipe.read.get(); });
  }
  int fd(std::size_t pipe) const { return pairs_[pipe].read.get(); }
  void write(std::size_t pipe, int bytes) const {
    for (int i = 0; i < bytes; ++i) {
      if (::write(pairs_[pipe].write.get(), "x", 1) != 1) {
        throw std::logic_error("a program filled a pipe");
      }
    }
  }
  void read(std::size_t pipe) const {
    char byte = 0;
    if (::read(fd(pipe), &byte, 1) != 1) {
      throw std::logic_error("a reader ran, and there was nothing to read");
    }
  }
  void drain() const {
    std::array<char, 256> bytes;
    for (const auto& pipe : pairs_) {
      while (::read(pipe.read.get(), bytes.data(), bytes.size()) > 0) {
      }
    }
  }

 private:
  std::array<common::FdPair, kPipes> pairs_;
};

inline const Pipes& pipes() {
  static const Pipes all;
  return all;
}

}  // namespace model
