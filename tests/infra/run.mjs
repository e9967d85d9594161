// node run.mjs [--few] [NAME...]: the verdicts of the checks as JSON, one line each. For the tests of the solution, which count them. --few: of the
// faults that take long, one each.
import { checks, judge } from './all.mjs';

const all = !process.argv.includes('--few');
const wanted = process.argv.slice(2).filter((word) => word !== '--few');
for (const check of await checks()) {
  if (wanted.length === 0 || wanted.includes(check.name)) process.stdout.write(`${JSON.stringify(await judge(check, { all }))}\n`);
}
