// node run.mjs [NAME...]: the verdicts of the checks as JSON, one line each. For the tests of the solution, which count them.
import { checks, judge } from './all.mjs';

const wanted = process.argv.slice(2);
for (const check of await checks()) {
  if (wanted.length === 0 || wanted.includes(check.name)) process.stdout.write(`${JSON.stringify(await judge(check))}\n`);
}
