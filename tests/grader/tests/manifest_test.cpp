// Manifests: reading them, and the messages about mistakes.

#include <string>

#include "tests/catch.hpp"
#include "tests/grader/judge/manifest.hpp"

namespace {

const std::string kGood = R"(chapter = 06_slow_callback
title = The stopwatch
order = 1   # within the chapter
minutes = 20
points = 3
heading = What counts as slow
hint1 = Which moments?
hint2 = time()
hint3 = start; run; took = time() - start

[at_the_limit]
title = warn at the limit
points = 2
why = equal counts: the comparison is >=

[below]
title = be silent below
points = 1
why = nobody asked
)";

// The message about the good manifest with one thing changed.
std::string complaint(const std::string& what, const std::string& by) {
  std::string text = kGood;
  const std::size_t at = text.find(what);
  REQUIRE(at != std::string::npos);
  text.replace(at, what.size(), by);
  try {
    grader::parse_manifest(text, "somewhere/stopwatch.ini");
  } catch (const grader::ManifestError& error) {
    return error.what();
  }
  return "none";
}

}  // namespace

TEST_CASE("a manifest") {
  const auto manifest = grader::parse_manifest(kGood, "there/stopwatch.ini");
  CHECK(manifest.id == "stopwatch");
  CHECK(manifest.chapter == "06_slow_callback");
  CHECK(manifest.chapter_number() == 6);
  CHECK(manifest.title == "The stopwatch");
  CHECK(manifest.order == 1);
  CHECK(manifest.minutes == 20);
  CHECK(manifest.points == 3);
  CHECK(manifest.heading == "What counts as slow");
  CHECK(manifest.hints[2] == "start; run; took = time() - start");
  CHECK(manifest.with.empty());
  REQUIRE(manifest.cases.size() == 2);
  CHECK(manifest.cases[0].name == "at_the_limit");
  CHECK(manifest.cases[0].points == 2);
  CHECK(manifest.cases[0].why == "equal counts: the comparison is >=");
  CHECK(manifest.cases[1].name == "below");
  CHECK(manifest.cases[1].title == "be silent below");
}

TEST_CASE("optional keys") {
  std::string text = kGood;
  text.insert(0, "with = selector\n");
  text += "heading = Elsewhere\n";
  const auto manifest = grader::parse_manifest(text, "x.ini");
  CHECK(manifest.with == "selector");
  CHECK(manifest.cases[0].heading.empty());
  CHECK(manifest.cases[1].heading == "Elsewhere");
}

TEST_CASE("mistakes are told with file, line and key") {
  CHECK(complaint("minutes = 20", "minutes = twenty") ==
        "somewhere/stopwatch.ini:4: minutes: expected: a whole number from 1 "
        "to 600");
  CHECK(complaint("minutes = 20\n", "") ==
        "somewhere/stopwatch.ini:1: minutes: expected: this key, with a whole "
        "number from 1 to 600");
  CHECK(complaint("points = 3", "points = 4") ==
        "somewhere/stopwatch.ini:5: points: expected: 3, the sum of the cases' "
        "points");
  CHECK(complaint("points = 2", "points = 2.5") ==
        "somewhere/stopwatch.ini:13: [at_the_limit] points: expected: a whole "
        "number from 1 to 100");
  CHECK(complaint("why = nobody asked\n", "") ==
        "somewhere/stopwatch.ini:16: [below] why: expected: this key, with a "
        "text");
  CHECK(complaint("why = nobody asked", "why =") ==
        "somewhere/stopwatch.ini:19: [below] why: expected: a text");
  CHECK(complaint("06_slow_callback", "slow_callback") ==
        "somewhere/stopwatch.ini:1: chapter: expected: a chapter's full name, "
        "such as 06_slow_callback");
  CHECK(complaint("hint3", "hint4") ==
        "somewhere/stopwatch.ini:1: hint3: expected: this key, with a text");
  CHECK(complaint("[below]", "[Below]") ==
        "somewhere/stopwatch.ini:16: [Below]: expected: a case's name of small "
        "letters, digits and _, not 'Below'");
  CHECK(complaint("[below]", "[below_1970]") == "none");
  CHECK(complaint("[below]", "[at_the_limit]") ==
        "somewhere/stopwatch.ini:16: [at_the_limit]: expected: once only");
  CHECK(complaint("order", "minutes = 3\norder") ==
        "somewhere/stopwatch.ini:5: minutes: expected: once only");
  CHECK(complaint("minutes = 20", "minutes 20") ==
        "somewhere/stopwatch.ini:4: expected: key = value, [case] or # "
        "comment");
  CHECK(complaint("order", "colour = red\norder") ==
        "somewhere/stopwatch.ini:3: colour: expected: no such key; see "
        "tests/grader/judge/manifest.hpp");
}

TEST_CASE("a value without a key") {
  CHECK(complaint("minutes = 20", "= 20").find("stopwatch.ini:4: ") !=
        std::string::npos);
}

TEST_CASE("a manifest without cases") {
  const std::string text = kGood.substr(0, kGood.find('['));
  CHECK_THROWS_AS(grader::parse_manifest(text, "x.ini"), grader::ManifestError);
}

TEST_CASE("an id has no numbers") {
  CHECK_THROWS_AS(grader::parse_manifest(kGood, "task2.ini"),
                  grader::ManifestError);
}

// --- Steps -------------------------------------------------------------------

namespace {

const std::string kStep = R"(title = Timers
minutes = 10
heading = Callbacks with a time
why = a timer joins the queue
hint1 = a
hint2 = b
hint3 = c
)";

std::string refused(const std::string& text, const std::string& file) {
  try {
    grader::parse_step(text, file);
  } catch (const grader::ManifestError& error) {
    return error.what();
  }
  return "none";
}

}  // namespace

TEST_CASE("the manifest of a step") {
  const auto manifest =
      grader::parse_step(kStep + "new_start = yes\n",
                         "steps/02_event_loop/12_timers/12_timers.ini");
  CHECK(manifest.id == "2.12");
  CHECK(manifest.step == 12);
  CHECK(manifest.chapter == "02_event_loop");
  CHECK(manifest.points == 0);
  CHECK(manifest.new_start);
  CHECK_FALSE(manifest.given);
  REQUIRE(manifest.cases.size() == 1);
  CHECK(manifest.cases[0].why == "a timer joins the queue");
}

TEST_CASE("a step that is given has nothing to hint at") {
  const std::string text = "title = t\nminutes = 1\nheading = h\ngiven = yes\n";
  CHECK(grader::parse_step(text, "02_event_loop/1_queue/1_queue.ini").given);
}

TEST_CASE("mistakes in the manifest of a step") {
  const std::string file = "02_event_loop/2_timers/2_timers.ini";
  CHECK(refused(kStep, file) == "none");
  CHECK(refused(kStep.substr(kStep.find('\n') + 1), file) ==
        file + ":1: title: expected: this key, with a text");
  CHECK(refused(kStep + "given = no\n", file) ==
        file + ":8: given: expected: yes, or not this key");
  CHECK(refused(kStep + "points = 3\n", file).find(":8: points: ") !=
        std::string::npos);
  for (const char* const name : {"timers", "02_timers", "0_timers", "2_"}) {
    const std::string odd = std::string("02_event_loop/x/") + name + ".ini";
    CHECK(refused(kStep, odd).find("expected: ") != std::string::npos);
  }
  CHECK(refused(kStep, "elsewhere/2_timers/2_timers.ini")
            .find("a chapter's folder") != std::string::npos);
}
