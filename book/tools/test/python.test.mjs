// The Python programs that the book quotes still print what it says, where the
// machine has the Python that printed it.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';

const directory = fileURLToPath(new URL('../../python/', import.meta.url));
const wanted = '3.11';

function pythonVersion() {
  const result = spawnSync('python3', ['--version'], { encoding: 'utf8' });
  return result.stdout?.match(/Python (\d+\.\d+)/)?.[1] ?? 'none';
}

// What differs between two machines, or two runs on a real clock: where the
// library is, its line numbers from one 3.11 to the next, and milliseconds.
function normalise(text) {
  return text
    .replace(/(?:\.\.\.|\/\S*)\/asyncio\/(\w+\.py):\d+/g, '.../asyncio/$1:LINE')
    .replace(/\b(tasks|base_events)\.py:\d+/g, '$1.py:LINE')
    .replace(/took \d+\.\d+ seconds/g, 'took N seconds')
    .replace(/(?:\/\S*\/)?(\w+\.py):/g, '$1:')
    // CPython prints the line of source below a warning; the book does not.
    .replace(/\n {2}_warn\(.*\n/g, '\n');
}

const version = pythonVersion();
const skip = version !== wanted && `python3 is ${version}, and the book quotes ${wanted}`;

for (const file of fs.readdirSync(directory).filter(name => name.endsWith('.txt')).sort()) {
  test(`book/python/${file} is what CPython prints`, { skip }, () => {
    const [first, ...rest] = fs.readFileSync(path.join(directory, file), 'utf8').split('\n');
    const [dollar, python, program, ...args] = first.split(' ');
    assert.deepEqual([dollar, python], ['$', 'python3'], `${file}: the first line is no command`);
    const expected = normalise(rest.join('\n'));
    // These programs run on the real clock: on a busy machine another step may
    // be a slow one, so a refusal counts when it comes three times.
    let got;
    for (let tries = 0; tries < 3 && got !== expected; ++tries) {
      const result = spawnSync('sh', ['-c', '"$0" "$@" 2>&1', 'python3', program, ...args],
        { cwd: directory, encoding: 'utf8', timeout: 30_000 });
      got = normalise(result.stdout);
    }
    assert.equal(got, expected);
  });
}

test('a transcript that says something else is refused', () => {
  assert.notEqual(normalise('late\n'), normalise('in time\n'));
  assert.equal(normalise('took 0.100 seconds'), normalise('took 0.101 seconds'));
});
