// Asks Google's RE2, compiled to WebAssembly, about the expressions of a file of JSON lines, { p: expression, t: [texts] }. Prints an
// answer for each: a digit for every text, 1 where it matches, or ! and why there is no such expression. Expressions are passed as they are: the package's own
// class would first translate them from JavaScript's.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';

const { WrappedRE2 } = createRequire(import.meta.url)('re2-wasm/build/wasm/re2.js');

const lines = readFileSync(process.argv[2], 'utf8').split('\n').filter(line => line !== '');
const answers = lines.map(line => {
  const { p, t } = JSON.parse(line);
  const expression = new WrappedRE2(p, false, false, false);
  const answer = expression.ok()
    ? t.map(text => expression.match(text, 0, false).index >= 0 ? '1' : '0').join('')
    : `!${expression.error()}`;
  expression.delete();
  return answer;
});
process.stdout.write(JSON.stringify(answers));
