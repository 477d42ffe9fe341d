#include "tests/grader/class/results.hpp"

#include <nlohmann/json.hpp>
#include <numeric>
#include <stdexcept>

namespace grader {

namespace {

using json = nlohmann::ordered_json;
constexpr int kFormat = 3;

// Texts are clean when they come here; but if a student's byte got through, it
// must not cost a grade.
std::string text_of(const json& from) {
  return from.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

json case_json(const CaseResult& one) {
  json to = {{"name", one.name},
             {"title", one.title},
             {"score", one.score},
             {"max_score", one.of}};
  if (!one.message.empty()) to["message"] = one.message;
  return to;
}

json exercise_json(const ExerciseResult& one) {
  json to = {{"id", one.id},          {"title", one.title},
             {"state", one.state},    {"score", one.score()},
             {"max_score", one.of()}, {"file", one.file}};
  if (!one.from.empty()) to["from"] = one.from;
  if (!one.message.empty()) to["message"] = one.message;
  to["cases"] = json::array();
  for (const CaseResult& each : one.cases) {
    to["cases"].push_back(case_json(each));
  }
  to["flags"] = one.flags;
  return to;
}

ExerciseResult read_exercise(const json& from) {
  ExerciseResult one;
  one.id = from.at("id").get<std::string>();
  one.title = from.at("title").get<std::string>();
  one.state = from.at("state").get<std::string>();
  one.file = from.at("file").get<std::string>();
  one.from = from.value("from", "");
  one.message = from.value("message", "");
  one.flags = from.at("flags").get<std::vector<std::string>>();
  for (const json& each : from.at("cases")) {
    one.cases.push_back(
        {each.at("name").get<std::string>(),
         each.at("title").get<std::string>(), each.at("score").get<int>(),
         each.at("max_score").get<int>(), each.value("message", "")});
  }
  return one;
}

template <class Range, class Function>
int sum(const Range& range, Function points) {
  return std::accumulate(
      range.begin(), range.end(), 0,
      [&](int so_far, const auto& one) { return so_far + points(one); });
}

}  // namespace

int ExerciseResult::score() const {
  return sum(cases, [](const CaseResult& one) { return one.score; });
}
int ExerciseResult::of() const {
  return sum(cases, [](const CaseResult& one) { return one.of; });
}
int Results::score() const {
  return sum(exercises, [](const ExerciseResult& one) { return one.score(); });
}
int Results::of() const {
  return sum(exercises, [](const ExerciseResult& one) { return one.of(); });
}
std::vector<std::string> Results::flags() const {
  std::vector<std::string> all;
  for (const ExerciseResult& one : exercises) {
    for (const std::string& flag : one.flags) {
      all.push_back(one.id + ": " + flag);
    }
  }
  return all;
}

std::string as_json(const Results& results) {
  json to = {{"format", kFormat},         {"seed", results.seed},
             {"bundle", results.bundle},  {"score", results.score()},
             {"max_score", results.of()}, {"exercises", json::array()},
             {"flags", results.flags()},  {"ignored", results.ignored}};
  for (const ExerciseResult& one : results.exercises) {
    to["exercises"].push_back(exercise_json(one));
  }
  to["run"] = {{"isolation", results.isolation},
               {"limits", results.limits},
               {"warning", results.warning},
               {"refused", results.refusals},
               {"milliseconds", results.elapsed.count()}};
  return text_of(to);
}

std::string as_gradescope(const Results& results) {
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(results.elapsed);
  json to = {{"score", results.score()},
             {"execution_time", seconds.count()},
             {"visibility", "visible"},
             {"stdout_visibility", "hidden"},
             {"tests", json::array()}};
  for (const ExerciseResult& exercise : results.exercises) {
    for (const CaseResult& one : exercise.cases) {
      const std::string& why =
          one.message.empty() ? exercise.message : one.message;
      const bool passed = one.score == one.of;
      to["tests"].push_back({{"name", exercise.id + ": " + one.title},
                             {"score", one.score},
                             {"max_score", one.of},
                             {"status", passed ? "passed" : "failed"},
                             {"output", passed ? "" : why},
                             {"visibility", "visible"}});
    }
  }
  // Students do not see these.
  to["extra_data"] = {
      {"seed", results.seed},           {"bundle", results.bundle},
      {"isolation", results.isolation}, {"warning", results.warning},
      {"flags", results.flags()},       {"ignored", results.ignored}};
  return text_of(to);
}

Results parse_results(const std::string& text) {
  Results results;
  try {
    const json from = json::parse(text);
    if (from.at("format").get<int>() != kFormat) {
      throw std::runtime_error("written by another version");
    }
    results.seed = from.at("seed").get<std::uint64_t>();
    results.bundle = from.at("bundle").get<std::string>();
    for (const json& one : from.at("exercises")) {
      results.exercises.push_back(read_exercise(one));
    }
    results.ignored = from.at("ignored").get<std::vector<std::string>>();
    const json& run = from.at("run");
    results.isolation = run.at("isolation").get<std::string>();
    results.limits = run.at("limits").get<std::string>();
    results.warning = run.at("warning").get<std::string>();
    results.refusals = run.at("refused").get<std::vector<std::string>>();
    results.elapsed =
        std::chrono::milliseconds(run.at("milliseconds").get<long>());
  } catch (const json::exception& error) {
    throw std::runtime_error(error.what());
  }
  return results;
}

}  // namespace grader
