// Runs the benchmarks, a little of each in turn, and prints one table.
//
//   bench_run [--rounds N] [THEME...]      e.g. bench_run --rounds 3 call_soon
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace {

// One figure of one kind of loop or library, a value for each round.
using Values = std::vector<double>;
using Figures = std::map<std::string, Values>;  // "call_soon/ch03"

const std::vector<std::string> kThemes = {"call_soon",
                                          "task_switch_1",
                                          "task_switch_100",
                                          "create_task_await",
                                          "await_coroutine",
                                          "await_done_future",
                                          "timers_fire_1e5",
                                          "timers_fire_1e6",
                                          "timers_cancel_1e5",
                                          "timers_cancel_1e6",
                                          "post",
                                          "post_ping_pong",
                                          "suspended",
                                          "echo_1",
                                          "echo_100"};

// The limit for the ratio of two figures of a theme.
struct Aim {
  std::string theme;
  std::string ours;
  std::string peer;
  std::optional<double> most;  // empty: it is only shown
};

std::vector<Aim> aims_of(const std::string& theme) {
  static const std::vector<Aim> peers = {
      {"call_soon", "ch02", "libuv", 1.0},
      {"task_switch_1", "ch03", "asio", 1.0},
      {"task_switch_100", "ch03", "asio", 1.0},
      {"create_task_await", "ch03", "asio", 0.5},
      {"timers_fire_1e5", "ch02", "libev", 1.2},
      {"timers_fire_1e6", "ch02", "libev", 1.2},
      {"timers_cancel_1e5", "ch02", "libev", 1.2},
      {"timers_cancel_1e6", "ch02", "libev", 1.2},
      {"post", "ch02", "libuv", 1.0},
      {"call_soon", "ch02", "libuv_kept", {}},
      {"call_soon", "ch02", "asio", {}},
      {"await_coroutine", "ch03", "asio", {}},
      {"timers_fire_1e5", "ch02", "libev_kept", {}},
      {"timers_fire_1e6", "ch02", "libev_kept", {}},
      {"timers_cancel_1e5", "ch02", "libev_kept", {}},
      {"timers_cancel_1e6", "ch02", "libev_kept", {}},
      {"timers_fire_1e5", "ch02", "libuv_kept", {}},
      {"timers_cancel_1e5", "ch02", "libuv_kept", {}},
      {"timers_fire_1e5", "ch02", "asio", {}},
      {"timers_cancel_1e5", "ch02", "asio", {}},
      {"post", "ch02", "asio", {}},
      {"post_ping_pong", "ch02", "libuv", {}},
      {"post_ping_pong", "ch02", "asio", {}},
      {"suspended", "ch03", "asio", {}},
      {"echo_1", "ch03", "libuv", {}},
      {"echo_1", "ch03", "asio", {}},
      {"echo_100", "ch03", "libuv", {}},
      {"echo_100", "ch03", "asio", {}}};
  std::vector<Aim> aims;
  for (const Aim& aim : peers) {
    if (aim.theme == theme) aims.push_back(aim);
  }
  // The layers: their cost with debug mode off, and with it on. The kernel
  // decides how two threads run, which is too noisy to compare these.
  const bool noisy = theme.starts_with("post");
  for (const char* chapter : {"ch05", "ch06", "ch07"}) {
    const bool last = std::string_view(chapter) == "ch07";
    aims.push_back({theme, chapter, "ch03",
                    last && !noisy ? std::optional(1.05) : std::nullopt});
  }
  for (const std::string chapter : {"ch05", "ch06", "ch07"}) {
    aims.push_back({theme, chapter + "/debug", chapter,
                    noisy ? std::nullopt : std::optional(2.0)});
  }
  for (const std::string chapter : {"ch09", "ch10", "ch11", "ch12"}) {
    aims.push_back(
        {theme, chapter, "ch07", noisy ? std::nullopt : std::optional(1.05)});
    aims.push_back({theme, chapter + "/debug", "ch07/debug", std::nullopt});
  }
  return aims;
}

// Google Benchmark writes one value a line: "per_op": 1.5e-08,
std::optional<std::string> value_of(std::string_view line,
                                    std::string_view key) {
  const std::string wanted = fmt::format("\"{}\": ", key);
  const auto found = line.find(wanted);
  if (found == std::string_view::npos) return std::nullopt;
  line.remove_prefix(found + wanted.size());
  line = line.substr(0, line.find_last_not_of(",\n") + 1);
  if (line.starts_with('"')) line = line.substr(1, line.size() - 2);
  return std::string(line);
}

// "post/ch02/process_time/real_time" without what the library appends.
std::string plain_name(std::string name) {
  for (const std::string_view end : {"/real_time", "/process_time"}) {
    if (name.ends_with(end)) name.resize(name.size() - end.size());
  }
  return name;
}

void run_program(const std::string& program, const std::string& theme,
                 Figures& figures, Figures& bytes) {
  const std::string command = fmt::format(
      "'{}/{}' '--benchmark_filter=^{}/' --benchmark_min_time=0.05 "
      "--benchmark_enable_random_interleaving=true "
      "--benchmark_format=json 2>/dev/null",
      WORKBOOK_BENCH_DIRECTORY, program, theme);
  std::FILE* const output = ::popen(command.c_str(), "r");
  if (!output) throw std::runtime_error("cannot run " + command);
  std::string name;
  std::array<char, 1024> line{};
  while (std::fgets(line.data(), line.size(), output)) {
    if (const auto value = value_of(line.data(), "name")) {
      name = plain_name(*value);
    }
    if (const auto value = value_of(line.data(), "error_message")) {
      fmt::print(stderr, "{}: {}\n", name, *value);
    }
    if (const auto value = value_of(line.data(), "per_op")) {
      figures[name].push_back(1e9 * std::stod(*value));
    }
    if (const auto value = value_of(line.data(), "bytes")) {
      bytes[name].push_back(std::stod(*value));
    }
  }
  ::pclose(output);
}

double median(Values values) {
  const auto middle = values.begin() + static_cast<long>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

// The median of the ratios, not the ratio of the medians: whatever slowed a
// round down slowed both of its figures.
double median_ratio(const Values& ours, const Values& peer) {
  Values ratios;
  for (std::size_t i = 0; i < std::min(ours.size(), peer.size()); ++i) {
    ratios.push_back(ours[i] / peer[i]);
  }
  return median(ratios);
}

void print_row(const Aim& aim, const Figures& figures) {
  const auto ours = figures.find(aim.theme + "/" + aim.ours);
  const auto peer = figures.find(aim.theme + "/" + aim.peer);
  if (ours == figures.end() || peer == figures.end()) return;
  const double ratio = median_ratio(ours->second, peer->second);
  fmt::print("{:<18} {:<10} {:>9.1f}  {:<10} {:>9.1f} {:>6.2f}", aim.theme,
             aim.ours, median(ours->second), aim.peer, median(peer->second),
             ratio);
  if (aim.most) {
    fmt::print("  <= {:.2f}  {}", *aim.most,
               ratio <= *aim.most ? "met" : "NOT MET");
  }
  fmt::print("\n");
}

int run(int argc, char** argv) {
  int rounds = 9;
  std::vector<std::string> themes;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "--rounds" && i + 1 < argc) {
      rounds = std::max(1, std::atoi(argv[++i]));
    } else if (std::ranges::find(kThemes, argument) != kThemes.end()) {
      themes.emplace_back(argument);
    } else {
      fmt::print(stderr,
                 "usage: bench_run [--rounds N] [THEME...]\n"
                 "themes: {}\n",
                 fmt::join(kThemes, " "));
      return 2;
    }
  }
  if (themes.empty()) themes = kThemes;

  std::vector<std::string> programs;
  std::string_view rest = WORKBOOK_BENCH_PROGRAMS;
  while (!rest.empty()) {
    const auto end = std::min(rest.find(' '), rest.size());
    programs.emplace_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }

  fmt::print("nanoseconds for one operation, medians of {} rounds\n\n", rounds);
  fmt::print("{:<18} {:<10} {:>9}  {:<10} {:>9} {:>6}  aim\n", "figure", "ours",
             "ns", "than", "ns", "ratio");
  Figures bytes;
  for (const std::string& theme : themes) {
    Figures figures;
    for (int round = 0; round < rounds; ++round) {
      for (const std::string& program : programs) {
        run_program(program, theme, figures, bytes);
      }
    }
    for (const Aim& aim : aims_of(theme)) print_row(aim, figures);
    std::fflush(stdout);
  }
  for (const auto& [name, values] : bytes) {
    fmt::print("{:<29} {:>9.0f}  bytes\n", name, median(values));
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    fmt::print(stderr, "bench_run: {}\n", error.what());
    return 1;
  }
}
