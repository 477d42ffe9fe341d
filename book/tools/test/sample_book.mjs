// A small book without a mistake, in a temporary folder. A test breaks one thing
// of it and looks for the message.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { format } from '../pages.mjs';
import { check, sync } from '../listings.mjs';

const CHAPTER = `# 1. The kettle

*Who is ready?*

## The line we earn

\`\`\`console file=chapters/01_kettle/expected/tea.txt from="boils" to="boils"
\`\`\`

After this chapter you can

* boil water;
* pour it.

Minutes: 5. Files: [kettle.cpp](../chapters/01_kettle/kettle.cpp).

\`\`\`drawing alt="Water goes into a pot."
water ──→ pot
 it boils
\`\`\`

## Water

A **pot** is a thing that keeps tea warm. The function \`boil()\`
makes a system call, see [the water](#water).

\`\`\`cpp file=chapters/01_kettle/kettle.cpp region=boil
\`\`\`

> [!TIP]
> *Predict:* what comes first?

<details><summary>The run</summary>

\`\`\`console file=chapters/01_kettle/expected/tea.txt again=1
\`\`\`

As expected.

</details>

## Tea

> [!TIP]
> *Predict:* what comes last?

Run it with \`--sugar\`:

\`\`\`sh
./workbook run 1 --sugar
\`\`\`

<details><summary>The answer</summary>

The sugar.

</details>

## Milk

Each pot is full.

## Sugar

The call of \`read()\` waits, and \`strtol()\` does not.

## The trap: cold water

\`\`\`cpp file=book/traps/01_cold.cpp
\`\`\`

\`\`\`console file=book/traps/01_cold.txt
\`\`\`

## What CPython does

\`\`\`python file=book/python/tea.py region=tea
\`\`\`

## Design note: electric kettles

They are faster.

## Exercises

<!-- exercises:begin 01_kettle -->
<!-- exercises:end -->

## Check yourself

<details><summary>One?</summary>

Yes.

</details>

<details><summary>Two?</summary>

Yes.

</details>

<details><summary>Three?</summary>

Yes.

</details>

<details><summary>Four?</summary>

Yes.

</details>
`;

const KETTLE = `#include <cstdio>
#include <optional>

// A comment that names nothing(): comments prove nothing.
namespace kitchen {
  // #region boil
  // Boils the water.
  void boil(int degrees) {

    // #region inside
    std::puts("the water boils");
    // #endregion inside

    ::read(0, nullptr, 0);
  }
  // #endregion boil

  // #region later
  std::optional<int> sugar() { return {}; }
  // #endregion later
}

int main(int argc, char** argv) {
  common::CommandLine command_line("Makes tea.");
  command_line.flag("sugar,s", sugar, "sweeter");
  command_line.parse(argc, argv);
}
`;

const FILES = {
  'book/book.json':
    '{ "title": "Tea", "pages": ["README.md", "01_kettle.md", "glossary.md"] }',
  'book/README.md': '# Tea\n\nSee [the chapter](01_kettle.md).\n',
  'book/01_kettle.md': CHAPTER,
  'book/tools/concepts.md':
    '# Concepts\n\n| concept | from | recognised by | said as |\n|---|---|---|---|\n' +
    '| the kernel | 1 | `::read\\|::write` | system call |\n| gaps | 2 | `std::optional` | |\n',
  'book/tools/names.txt': '# C++\nstrtol(3)\n',
  'book/traps/01_cold.cpp': 'int main() { return 1; }\n',
  'book/traps/01_cold.txt': '$ 01_cold\n(exit status 1)\n',
  'book/python/tea.py': '# #region tea\nprint("tea")\n# #endregion tea\n',
  'book/python/tea.txt': '$ python3 tea.py\ntea\n',
  'chapters/01_kettle/kettle.cpp': KETTLE,
  'chapters/01_kettle/expected/tea.txt':
    '$ 01_kettle\nthe pot is cold\nthe water boils\nthe pot is warm\nthe tea took 0.100 seconds\n',
  workbook:
    "cat <<'END'\nUsage: ./workbook COMMAND\n\n" +
    '  run [CHAPTER] [ARGUMENT...]  run a program\n' +
    '  check ID                     judge an exercise; with\n' +
    '                               --hard more strictly\n\n' +
    'With --quiet before the chapter they say less.\nEND\n',
};

const PAGE = 'book/01_kettle.md';

export class SampleBook {
  constructor(test) {
    this.root = fs.mkdtempSync(path.join(os.tmpdir(), 'sample-book-'));
    test.after(() => fs.rmSync(this.root, { recursive: true }));
    for (const [file, text] of Object.entries(FILES)) this.write(file, text);
    sync(this.root);
  }

  write(file, text) {
    const name = path.join(this.root, file);
    fs.mkdirSync(path.dirname(name), { recursive: true });
    fs.writeFileSync(name, text);
  }

  read(file = PAGE) {
    return fs.readFileSync(path.join(this.root, file), 'utf8');
  }

  remove(file) {
    fs.rmSync(path.join(this.root, file));
  }

  // Replaces a text that must be there.
  replace(from, to, file = PAGE) {
    const text = this.read(file);
    if (!text.includes(from)) throw new Error(`${file} has no "${from}"`);
    this.write(
      file,
      text.replace(from, () => to),
    );
  }

  // Adds text above the part "Tea", and returns the line of its first line.
  add(text, file = PAGE) {
    const line = this.lineOf('## Tea', file);
    this.replace('## Tea\n', `${text}\n\n## Tea\n`, file);
    return line;
  }

  lineOf(text, file = PAGE) {
    return (
      this.read(file)
        .split('\n')
        .findIndex((line) => line.includes(text)) + 1
    );
  }

  sync(...names) {
    return sync(this.root, names);
  }

  check(...names) {
    return check(this.root, names).map(format);
  }
}
