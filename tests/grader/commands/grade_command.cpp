// grade one, grade class: the command lines of the instructor.
#include <fmt/format.h>

#include <boost/program_options.hpp>
#include <charconv>
#include <cstdio>
#include <optional>
#include <random>
#include <sstream>
#include <stdexcept>

#include "tests/grader/class/class_run.hpp"
#include "tests/grader/class/grade.hpp"
#include "tests/grader/class/intake.hpp"
#include "tests/grader/class/results.hpp"
#include "tests/grader/commands/options.hpp"
#include "tests/grader/commands/subcommands.hpp"
#include "tests/grader/judge/files.hpp"
#include "tests/grader/judge/process.hpp"

namespace grader {

namespace {

namespace po = boost::program_options;

// No larger than the integers that all JSON readers keep exactly.
constexpr std::uint64_t kLargestSeed = (std::uint64_t{1} << 53U) - 1;

std::uint64_t new_seed() {
  std::random_device device;
  return std::uniform_int_distribution<std::uint64_t>(kVisibleSeed + 1,
                                                      kLargestSeed)(device);
}

std::optional<std::uint64_t> seed_of(const po::variables_map& values) {
  if (values.count("seed") == 0) return {};
  const std::string text = values["seed"].as<std::string>();
  std::uint64_t seed = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), seed);
  if (error != std::errc() || end != text.data() + text.size() ||
      seed > kLargestSeed) {
    throw UsageError(fmt::format("--seed '{}': a whole number from {} to {}",
                                 text, kVisibleSeed + 1, kLargestSeed));
  }
  if (seed <= kVisibleSeed) {
    throw UsageError(fmt::format(
        "--seed {}: students know the inputs of {}, which check takes. Any "
        "number from {} to {} will do",
        text, kVisibleSeed, kVisibleSeed + 1, kLargestSeed));
  }
  return seed;
}

// An option from grade class to its units, so that they do not repeat its work:
// it has tried the isolation, and the overlay's programs are in this folder.
constexpr const char* kPrepared = "prepared";

constexpr const char* kOne = "grader grade one --submission DIR --out FILE";
constexpr const char* kClass = "grader grade class DIR --out DIR";

po::options_description common_options() {
  po::options_description options("Options", 80);
  auto add = options.add_options();
  add("exercise", po::value<std::vector<std::string>>()->composing(),
      "an exercise to grade, again for more (default: all)");
  add("seed", po::value<std::string>(),
      "of the hidden inputs (default: a new one, which is recorded)");
  add("isolation", po::value<std::string>()->default_value("best"),
      "best, bwrap, landlock or limits");
  add("require-isolation", "refuse to work with limits only");
  add("overlay", po::value<std::string>(),
      "a folder with more cases, of your own");
  add("time-limit", po::value<int>()->default_value(10), "seconds for a case");
  add("cpu-limit", po::value<int>()->default_value(5),
      "seconds of computing for a case");
  add("memory-limit", po::value<int>()->default_value(512),
      "megabytes for a case");
  return options;
}

po::variables_map parse(const Words& words,
                        const po::options_description& options,
                        const char* positional) {
  try {
    return parse_options(words, options, positional, 1);
  } catch (const po::error& error) {
    throw UsageError(error.what());
  }
}

int positive(const po::variables_map& values, const char* name) {
  const int value = values[name].as<int>();
  if (value <= 0) throw UsageError(fmt::format("--{}: above zero", name));
  return value;
}

Limits limits_of(const po::variables_map& values) {
  Limits limits;
  limits.wall = std::chrono::seconds(positive(values, "time-limit"));
  limits.cpu = std::chrono::seconds(positive(values, "cpu-limit"));
  limits.memory = static_cast<std::size_t>(positive(values, "memory-limit"))
                  << 20U;
  return limits;
}

std::vector<std::string> ids_of(const po::variables_map& values) {
  if (values.count("exercise") == 0) return {};
  return values["exercise"].as<std::vector<std::string>>();
}

// With one exercise, a mistake in another's manifest does not matter. But an
// overlay may name others.
Bundle bundle_for(const Context& context, const po::variables_map& values) {
  const std::vector<std::string> ids = ids_of(values);
  const bool one = ids.size() == 1 && values.count("overlay") == 0;
  return read_bundle(context.bundle, one ? ids.front() : "");
}

std::string hash_for(const Bundle& bundle,
                     const std::vector<const Exercise*>& exercises,
                     const po::variables_map& values) {
  std::vector<std::string> more;
  if (values.count("overlay") != 0) {
    more = Overlay::texts(values["overlay"].as<std::string>());
  }
  return hash_of(bundle, exercises, more);
}

Sandbox sandbox_of(const Bundle& bundle, const po::variables_map& values,
                   const Exercise& any) {
  require_room_for_work();
  const std::string name = values["isolation"].as<std::string>();
  std::optional<Isolation> wanted;
  try {
    if (name != "best") wanted = isolation_named(name);
  } catch (const std::invalid_argument& error) {
    throw UsageError(error.what());
  }
  if (wanted && values.count(kPrepared) != 0) {
    return Sandbox::known(jail_of(bundle), *wanted);
  }
  Sandbox sandbox = Sandbox::choose(jail_of(bundle), any.solution, wanted);
  if (sandbox.isolation() == Isolation::limits) {
    if (values.count("require-isolation") != 0) {
      std::string why = "isolation is required, and there is none here";
      for (const std::string& refusal : sandbox.refusals()) {
        why += "; " + refusal;
      }
      throw GraderError(why);
    }
    fmt::print(stderr, "grader: {}\n", sandbox.warning());
  }
  return sandbox;
}

int grade_one(const Context& context, const Words& words) {
  po::options_description options = common_options();
  auto add = options.add_options();
  add("help", "this");
  add("submission", po::value<std::string>(), "the student's folder");
  add("out", po::value<std::string>(), "the file to write: results.json");
  add("gradescope", "write it in Gradescope's form");
  po::options_description all;
  all.add(options).add_options()(kPrepared, po::value<std::string>());
  const po::variables_map values = parse(words, all, nullptr);
  if (values.count("help") != 0) {
    fmt::print("Usage: {}\n\n{}", kOne,
               (std::ostringstream() << options).str());
    return kOk;
  }
  if (values.count("submission") == 0 || values.count("out") == 0) {
    throw UsageError("grade one: --submission DIR and --out FILE are needed");
  }
  const InterruptScope interrupts;
  const Bundle bundle = bundle_for(context, values);
  GradeOrder order;
  order.submission = values["submission"].as<std::string>();
  order.exercises = choose_exercises(bundle, ids_of(values));
  const auto seed = seed_of(values);
  order.seed = seed ? *seed : new_seed();
  order.limits = limits_of(values);
  order.bundle = hash_for(bundle, order.exercises, values);
  std::optional<Overlay> overlay;
  if (values.count("overlay") != 0) {
    const bool prepared = values.count(kPrepared) != 0;
    overlay.emplace(bundle, order.exercises,
                    values["overlay"].as<std::string>(),
                    prepared ? values[kPrepared].as<std::string>() : "");
    order.overlay = &*overlay;
  }
  const Sandbox sandbox = sandbox_of(bundle, values, *order.exercises.front());
  const Results results = grade(bundle, order, sandbox);
  write_whole(values["out"].as<std::string>(), values.count("gradescope") != 0
                                                   ? as_gradescope(results)
                                                   : as_json(results));
  fmt::print("{} of {} points, seed {}, isolation {}\n", results.score(),
             results.of(), results.seed, results.isolation);
  return kOk;
}

int grade_class(const Context& context, const Words& words) {
  po::options_description options = common_options();
  auto add = options.add_options();
  add("help", "this");
  add("submissions", po::value<std::string>(),
      "the folder with a folder per student (also without --submissions)");
  add("out", po::value<std::string>(), "the folder for results");
  add("jobs", po::value<int>()->default_value(2), "students at a time");
  const po::variables_map values = parse(words, options, "submissions");
  if (values.count("help") != 0) {
    fmt::print("Usage: {}\n\n{}", kClass,
               (std::ostringstream() << options).str());
    return kOk;
  }
  if (values.count("submissions") == 0 || values.count("out") == 0) {
    throw UsageError("grade class: DIR and --out DIR are needed");
  }
  const Bundle bundle = bundle_for(context, values);
  const auto exercises = choose_exercises(bundle, ids_of(values));
  const Limits limits = limits_of(values);
  const Sandbox sandbox = sandbox_of(bundle, values, *exercises.front());
  ClassOrder order;
  order.submissions = values["submissions"].as<std::string>();
  order.out = values["out"].as<std::string>();
  require_outside(order.out, order.submissions);
  order.jobs = positive(values, "jobs");
  order.exercises = exercises;
  order.limits = in_words(limits);
  order.isolation = name_of(sandbox.isolation());
  order.same_isolation = values["isolation"].as<std::string>() != "best";
  order.bundle = hash_for(bundle, exercises, values);
  auto seed = seed_of(values);
  if (!seed) seed = recorded_seed(order.out);
  order.seed = seed ? *seed : new_seed();
  order.unit = {(jail_of(bundle).parent_path() / "grader").string(), "--bundle",
                context.bundle.string(), "grade", "one"};
  const auto pass_on = [&](const char* name, const std::string& value) {
    order.unit.push_back(fmt::format("--{}", name));
    order.unit.push_back(value);
  };
  for (const Exercise* const exercise : exercises) {
    pass_on("exercise", exercise->id());
  }
  std::optional<Overlay> overlay;
  if (values.count("overlay") != 0) {
    const std::string folder = values["overlay"].as<std::string>();
    overlay.emplace(bundle, exercises, folder);
    pass_on("overlay", folder);
  }
  pass_on(kPrepared, overlay ? overlay->made().string() : "none");
  // Every unit uses the isolation that was found here.
  pass_on("isolation", std::string(name_of(sandbox.isolation())));
  pass_on("time-limit", std::to_string(positive(values, "time-limit")));
  pass_on("cpu-limit", std::to_string(positive(values, "cpu-limit")));
  pass_on("memory-limit", std::to_string(limits.memory >> 20U));
  fmt::print("seed {}, isolation {}\n", order.seed,
             name_of(sandbox.isolation()));
  return run_class(order);
}

}  // namespace

int grade(const Context& context, const Words& words) {
  if (words.empty()) throw UsageError("grade: one or class");
  const Words rest(words.begin() + 1, words.end());
  if (words.front() == "one") return grade_one(context, rest);
  if (words.front() == "class") return grade_class(context, rest);
  if (words.front() == "--help" || words.front() == "-h") {
    fmt::print("Usage: {}\n       {}\n\nOptions: --help after one or class\n",
               kOne, kClass);
    return kOk;
  }
  throw UsageError(fmt::format("grade: one or class, not '{}'", words.front()));
}

}  // namespace grader
