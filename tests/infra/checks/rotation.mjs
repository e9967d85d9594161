import { World } from '../simulation/world.mjs';

export const title = 'A rotation of the session id key is understood by every process at every step';

export const playsStories = true;

export const check = (project) => World.play(project, story);

async function* story(world) {
  const expect = (what, is, detail = '') => (is ? [] : [`${what} ${detail}`.trim()]);
  const keys = () => world.state.secrets['session-id-keys'].versions.at(-1).split(',');
  const rotate = (...words) => world.run('rotate-session-id-key.sh', ...words);

  await world.run('create-secrets.sh');
  await world.run('roll-out.sh', 'image:1');
  const [former] = keys();

  const begun = await rotate();
  yield* expect('the next key signs, the former one is good', begun.code === 0 && keys().length === 2 && keys()[0] !== former && keys()[1] === former, begun.output);
  yield* expect('it is in force', world.state.apps.gateway.secrets?.sessionIdKeys?.endsWith('/2'));
  const [next] = keys();
  const early = await rotate();
  yield* expect('the former one is kept for the overlap', early.code === 0 && keys().length === 2 && /Run this again in \d+ s/.test(early.output), early.output);
  const late = await rotate('--overlap', '0');
  yield* expect('the former one is dropped afterwards', late.code === 0 && keys().join() === next && world.state.secrets['session-id-key'].versions.at(-1) === next, late.output);

  world.state.failAt = 'gateway';
  yield* expect('an interruption is seen', (await rotate()).code !== 0);
  const resumed = await rotate();
  yield* expect('it goes on where it stopped', resumed.code === 0 && keys().length === 2 && keys()[1] === next, resumed.output);
  const leaked = await rotate('--leaked');
  yield* expect('a leaked key is dropped at once', leaked.code === 0 && keys().length === 1 && keys()[0] !== next, leaked.output);
}

const script = 'infra/scripts/rotate-session-id-key.sh';

export const mutations = [
  ['the next key signs before all know it', (project) => project.with(script, '  roll_out\n  begin sign', '  begin sign')],
  ['the former key is dropped at once', (project) => project.with(script, 'if [ "$left" -gt 0 ]', 'if false')],
  ['an interrupted rotation begins again', (project) => project.with(script, "'' | None | finish) phase=none", "*) phase=none")],
];
