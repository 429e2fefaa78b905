// Prints "N passed, N failed" of a report by Vitest's json reporter; a file that could not be run counts as one failure.
import { readFileSync } from 'node:fs';

const [file] = process.argv.slice(2);
const report = read(file);
const brokenFiles = report.testResults.filter(
  ({ status, assertionResults }) => status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
);
const failed = report.numFailedTests + brokenFiles.length;
for (const { name } of brokenFiles) say(`could not be run: ${name}`);
const skipped = report.numPendingTests + report.numTodoTests;
if (skipped > 0) say(`${skipped} skipped, which is a failure here`);
say(`${report.numPassedTests} passed, ${failed} failed`);
process.exitCode = failed === 0 && skipped === 0 && report.numPassedTests > 0 ? 0 : 1;

function say(line) {
  process.stdout.write(`${line}\n`);
}

function read(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    say(`There is no report of the tests: ${error.message}`);
    say('0 passed, 1 failed');
    process.exit(1);
  }
}
