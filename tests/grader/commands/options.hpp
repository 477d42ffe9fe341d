// A command line, read by Boost.Program_options.
#pragma once

#include <boost/program_options.hpp>
#include <string>
#include <vector>

namespace grader {

// Reads the words as these options; words that are none become values of
// `positional`, at most `most` of them (-1: any number). Throws po::error, but
// if --help is among the words, not for a missing one.
inline boost::program_options::variables_map parse_options(
    const std::vector<std::string>& words,
    const boost::program_options::options_description& options,
    const char* positional = nullptr, int most = -1) {
  namespace po = boost::program_options;
  po::positional_options_description places;
  if (positional != nullptr) places.add(positional, most);
  po::variables_map values;
  po::store(
      po::command_line_parser(words).options(options).positional(places).run(),
      values);
  if (values.count("help") == 0) po::notify(values);
  return values;
}

}  // namespace grader
