// npm test: every check by name, and every fault it must see.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checks, judge } from './all.mjs';

for (const check of await checks()) {
  test(check.title, async () => {
    const { problems, blind, mutations } = await judge(check);
    assert.deepEqual(problems, [], 'the deployment has problems');
    assert.deepEqual(blind, [], 'faults that the check does not see');
    assert.ok(mutations > 0, 'a check that was never seen to fail');
  });
}
