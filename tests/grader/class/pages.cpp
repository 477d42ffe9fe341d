#include "tests/grader/class/pages.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <map>
#include <set>
#include <string_view>
#include <utility>

#include "tests/grader/judge/clean_text.hpp"
#include "tests/grader/judge/narrative.hpp"

namespace grader {

namespace {

// --- Texts of strangers, in our forms
// --------------------------------------------

// A field of a CSV file. A text must not become a formula in a spreadsheet.
std::string field(const std::string& text) {
  std::string clean = readable(text);
  if (!clean.empty() &&
      std::string_view("=+-@").find(clean.front()) != std::string_view::npos) {
    clean.insert(0, 1, '\'');
  }
  std::string result = "\"";
  for (const char c : clean) {
    if (c == '"') result += '"';
    result += c;
  }
  return result + '"';
}

std::string in_markdown(const std::string& text) {
  std::string result;
  for (const char c : readable(text)) {
    if (std::string_view("\\`*_{}[]<>#|!&").find(c) != std::string_view::npos) {
      result += '\\';
    }
    result += c;
  }
  return result;
}

std::string in_html(const std::string& text) {
  std::string result;
  for (const char c : readable(text)) {
    if (c == '&') {
      result += "&amp;";
    } else if (c == '<') {
      result += "&lt;";
    } else if (c == '>') {
      result += "&gt;";
    } else {
      result += c;
    }
  }
  return result;
}

// Each line of the text, with something around it.
template <class Function>
std::string line_by_line(const std::string& text, Function line) {
  std::string result;
  std::size_t begin = 0;
  while (begin < text.size()) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    result += line(text.substr(begin, end - begin)) + "\n";
    begin = end + 1;
  }
  return result;
}

// --- A student's page
// --------------------------------------------------------------

// Writes the same page in one form or the other.
class Page {
 public:
  explicit Page(PageForm form) : html_(form == PageForm::html) {}

  void title(const std::string& text) {
    if (html_) {
      text_ += fmt::format(
          "<!DOCTYPE html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n"
          "<meta name=\"viewport\" content=\"width=device-width\">\n"
          "<title>{0}</title>\n<style>\n"
          "body {{ max-width: 54rem; margin: 2rem auto; padding: 0 1rem; "
          "font-family: sans-serif; }}\n"
          "pre {{ overflow-x: auto; padding: 1rem; background: #f4f4f4; }}\n"
          "</style>\n<h1>{0}</h1>\n",
          in_html(text));
    } else {
      text_ += "# " + in_markdown(text) + "\n";
    }
  }
  void heading(const std::string& text) {
    text_ += html_ ? fmt::format("<h2>{}</h2>\n", in_html(text))
                   : fmt::format("\n## {}\n", in_markdown(text));
  }
  void sentence(const std::string& text) {
    text_ += html_ ? fmt::format("<p>{}</p>\n", in_html(text))
                   : fmt::format("\n{}\n", in_markdown(text));
  }
  void items(const std::vector<std::string>& texts) {
    text_ += html_ ? "<ul>\n" : "\n";
    for (const std::string& text : texts) {
      text_ += html_ ? fmt::format("<li>{}</li>\n", in_html(text))
                     : fmt::format("- {}\n", in_markdown(text));
    }
    if (html_) text_ += "</ul>\n";
  }
  // Shown as it is, line by line.
  void block(const std::string& text) {
    if (html_) {
      text_ += "<pre>" + line_by_line(text, in_html) + "</pre>\n";
    } else {
      text_ += "\n" + line_by_line(text, [](const std::string& line) {
                 return "    " + readable(line);
               });
    }
  }
  std::string text() && {
    return std::move(text_) + (html_ ? "</html>\n" : "");
  }

 private:
  bool html_;
  std::string text_;
};

std::string with_points(const ExerciseResult& exercise) {
  return fmt::format("{}: {}", exercise.title,
                     points_text(exercise.score(), exercise.of()));
}

void tell(Page& page, const ExerciseResult& exercise) {
  page.heading(with_points(exercise));
  if (!exercise.from.empty()) {
    page.sentence("Your file was found in another place: " + exercise.from);
  }
  if (exercise.state == state::kDoesNotCompile) {
    page.block(exercise.message);
  } else if (exercise.state != state::kGraded) {
    page.sentence("It was not run: " + exercise.message + ".");
  }
  for (const CaseResult& one : exercise.cases) {
    if (!one.message.empty()) page.block(one.message);
  }
}

// --- The summary
// -------------------------------------------------------------------

// What happened, and to whom.
using Cohort = std::map<std::string, std::vector<std::string>>;

std::vector<std::pair<std::string, std::vector<std::string>>> most_first(
    const Cohort& cohort) {
  std::vector<std::pair<std::string, std::vector<std::string>>> rows(
      cohort.begin(), cohort.end());
  std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
    return a.second.size() != b.second.size()
               ? a.second.size() > b.second.size()
               : a.first < b.first;
  });
  return rows;
}

// The first ones, and how many there are besides.
std::string some_of(const std::vector<std::string>& names) {
  constexpr std::size_t kMost = 10;
  std::string text;
  for (std::size_t i = 0; i < std::min(names.size(), kMost); ++i) {
    text += (i == 0 ? "" : ", ") + in_markdown(names[i]);
  }
  if (names.size() <= kMost) return text;
  return text + fmt::format(" and {} more", names.size() - kMost);
}

// A table; empty if there is nothing to show.
std::string table(const char* heading, const char* what, const Cohort& cohort,
                  bool with_names) {
  if (cohort.empty()) return {};
  std::string text =
      fmt::format("\n## {}\n\n| Students | {} |{}\n|---:|---|{}\n", heading,
                  what, with_names ? " Who |" : "", with_names ? "---|" : "");
  for (const auto& [title, names] : most_first(cohort)) {
    text += fmt::format("| {} | {} |", names.size(), in_markdown(title));
    text += with_names ? fmt::format(" {} |\n", some_of(names)) : "\n";
  }
  return text;
}

std::string list(const char* heading, const std::vector<std::string>& lines) {
  if (lines.empty()) return {};
  std::string text = fmt::format("\n## {}\n\n", heading);
  for (const std::string& line : lines) text += "- " + line + "\n";
  return text;
}

// "ada: this; that"
std::string named(const std::string& name,
                  const std::vector<std::string>& texts) {
  std::string text = in_markdown(name) + ":";
  for (const std::string& one : texts) {
    text += (text.back() == ':' ? " " : "; ") + in_markdown(one);
  }
  return text;
}

double median(std::vector<int> numbers) {
  if (numbers.empty()) return 0;
  std::sort(numbers.begin(), numbers.end());
  const std::size_t half = numbers.size() / 2;
  return numbers.size() % 2 == 1 ? numbers[half]
                                 : (numbers[half - 1] + numbers[half]) / 2.0;
}

// Why a person should look at this student. Flags that begin in the same way,
// "stopwatch: passes visibly and fails hidden: CASE", become one.
std::vector<std::string> questions(const Student& student) {
  if (!student.results) return {"not graded: " + student.error};
  std::vector<std::string> all;
  std::string before;
  for (const std::string& flag : student.results->flags()) {
    const std::string begin = flag.substr(0, flag.rfind(": ") + 2);
    if (begin == before) {
      all.back() += ", " + flag.substr(begin.size());
    } else {
      all.push_back(flag);
    }
    before = begin;
  }
  for (const ExerciseResult& one : student.results->exercises) {
    if (one.state == state::kRefused) all.push_back(one.message);
  }
  return all;
}

}  // namespace

std::string student_page(const Student& student, PageForm form) {
  const Results& results = *student.results;
  Page page(form);
  page.title(fmt::format("{}: {}", student.name,
                         points_text(results.score(), results.of())));
  std::vector<std::string> full;
  std::vector<std::string> missing;  // often most of the book, early in a term
  for (const ExerciseResult& exercise : results.exercises) {
    if (exercise.state == state::kMissing ||
        exercise.state == state::kNotStarted) {
      missing.push_back(with_points(exercise) + ", " + exercise.message);
    } else if (exercise.score() == exercise.of()) {
      full.push_back(with_points(exercise) +
                     (exercise.from.empty() ? "" : ", found as ") +
                     exercise.from);
    } else {
      tell(page, exercise);
    }
  }
  if (!full.empty()) {
    page.heading("Complete");
    page.items(full);
  }
  if (!missing.empty()) {
    page.heading("Not handed in");
    page.items(missing);
  }
  return std::move(page).text();
}

std::string class_csv(const std::vector<Student>& students) {
  std::string text = "student,score,max_score,flags,error";
  const auto graded =
      std::find_if(students.begin(), students.end(),
                   [](const Student& one) { return one.results.has_value(); });
  if (graded != students.end()) {
    for (const ExerciseResult& one : graded->results->exercises) {
      text += "," + one.id;
    }
  }
  text += "\n";
  for (const Student& student : students) {
    text += field(student.name);
    if (!student.results) {
      text += ",,,," + field(student.error) + "\n";
      continue;
    }
    std::string flags;
    for (const std::string& flag : student.results->flags()) {
      flags += (flags.empty() ? "" : "; ") + flag;
    }
    text += fmt::format(",{},{},{},", student.results->score(),
                        student.results->of(), field(flags));
    for (const ExerciseResult& one : student.results->exercises) {
      text += fmt::format(",{}", one.score());
    }
    text += "\n";
  }
  return text;
}

std::string summary_page(const std::vector<Student>& students,
                         const std::vector<Class::Other>& others,
                         std::uint64_t seed) {
  Cohort failed;   // cases
  Cohort not_run;  // files, and why
  std::vector<int> scores;
  int of = 0;
  std::vector<std::string> to_look_at;
  std::vector<std::string> elsewhere;
  std::set<std::string> isolations;
  for (const Student& student : students) {
    const auto why = questions(student);
    if (!why.empty()) to_look_at.push_back(named(student.name, why));
    if (!student.results) continue;
    scores.push_back(student.results->score());
    of = student.results->of();
    isolations.insert(student.results->isolation);
    std::vector<std::string> places;
    for (const ExerciseResult& exercise : student.results->exercises) {
      if (!exercise.from.empty()) places.push_back(exercise.from);
      if (exercise.state != state::kGraded) {
        not_run[fmt::format("{}: {}", exercise.id, exercise.state)].push_back(
            student.name);
        continue;
      }
      for (const CaseResult& one : exercise.cases) {
        if (one.score == one.of) continue;
        failed[exercise.id + ": " + one.title].push_back(student.name);
      }
    }
    if (!places.empty()) elsewhere.push_back(named(student.name, places));
  }
  std::string text = fmt::format(
      "# The class\n\nGraded: {} of {} students. Median: {:g} of {} points. To "
      "look "
      "at: {}.\n",
      scores.size(), students.size(), median(scores), of, to_look_at.size());
  if (!failed.empty()) {
    const auto [title, names] = most_first(failed).front();
    text += fmt::format("\nFailed most often: {} ({} of {} students).\n",
                        in_markdown(title), names.size(), scores.size());
  }
  text += list("To look at", to_look_at);
  text += table("What fails most", "Case", failed, false);
  text += table("Files that were not run", "Why", not_run, true);
  text += list("Files found in another place", elsewhere);
  std::vector<std::string> left_out;
  for (const Class::Other& other : others) {
    left_out.push_back(named(other.name, {other.why}));
  }
  text += list("Left out of the class", left_out);
  text += fmt::format("\n## This run\n\nSeed {}.", seed);
  for (const std::string& isolation : isolations) {
    text += fmt::format(" Isolation: {}.", isolation);
  }
  return text + "\n";
}

}  // namespace grader
