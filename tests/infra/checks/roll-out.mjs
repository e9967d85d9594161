import { World } from '../simulation/world.mjs';

export const title = 'Roll-outs lose nothing, also when interrupted, and secrets are created once';

export const playsStories = true;

export const check = (project) => World.play(project, story);

async function* story(world) {
  const expect = (what, is, detail = '') => (is ? [] : [`${what} ${detail}`.trim()]);
  const silos = () => Object.keys(world.state.apps).filter((name) => name !== 'gateway').sort().join();
  const all = (colour) => [0, 1].map((i) => `silo-${colour}-0${i}`).join();

  yield* expect('before anything is deployed there is nothing to remember', (await world.run('read-deployed.sh')).code === 0 && !world.state.env.DEPLOYED_COLOUR);
  const created = await world.run('create-secrets.sh');
  yield* expect('secrets are created', created.code === 0 && ['session-id-key', 'session-id-keys', 'operator-key', 'client-key', 'configuration'].every((name) => world.state.secrets[name]), created.output);
  yield* expect('keys are not printed to a log', !/omcp_/.test(created.output));
  yield* expect('the configuration is kept', /allowedHosts: \[gateway\.example\]/.test(world.text('.azure/test/configuration.yaml') ?? ''));
  yield* expect('a key has 32 bytes', Buffer.from(world.state.secrets['session-id-keys'].versions[0], 'base64').length === 32);
  const before = JSON.stringify(world.state.secrets);
  await world.run('create-secrets.sh');
  yield* expect('secrets are not created again', before === JSON.stringify(world.state.secrets));

  const first = await world.run('roll-out.sh', 'image:1');
  yield* expect('the first roll-out brings blue', first.code === 0 && silos() === all('blue') && world.state.apps.gateway.image === 'image:1', first.output);
  const second = await world.run('roll-out.sh', 'image:2');
  yield* expect('the second one brings green, and blue leaves', second.code === 0 && silos() === all('green') && world.state.apps.gateway.image === 'image:2', second.output);
  const events = world.state.events.length;
  await world.run('roll-out.sh', 'image:2');
  yield* expect('the same again changes nothing', world.state.events.length === events);

  world.state.neverReady = ['silo-blue-01'];
  world.readyWithin = 1;
  const stuck = await world.run('roll-out.sh', 'image:3');
  yield* expect('a silo that is never ready stops the roll-out', stuck.code !== 0 && world.state.apps['silo-green-01']?.status === 'Running' && world.state.apps.gateway.image === 'image:2', stuck.output);
  world.state.neverReady = [];
  world.readyWithin = 10;
  const mended = await world.run('roll-out.sh', 'image:4');
  yield* expect('the next attempt clears what was left', mended.code === 0 && silos() === all('blue') && world.state.apps['silo-blue-00'].image === 'image:4', mended.output);

  world.state.failAt = 'stop silo-blue-01';
  const interrupted = await world.run('roll-out.sh', 'image:5');
  yield* expect('an interruption is seen', interrupted.code !== 0 && world.state.apps.gateway.colour === 'green');
  const resumed = await world.run('roll-out.sh', 'image:5');
  yield* expect('a roll-out goes on where it stopped', resumed.code === 0 && silos() === all('green'), resumed.output);

  world.state.env = { ...world.state.env, DEPLOYED_COLOUR: '', DEPLOYED_IMAGE: '' };
  await world.run('read-deployed.sh');
  yield* expect('what runs is remembered from what runs', world.state.env.DEPLOYED_COLOUR === 'green' && world.state.env.DEPLOYED_IMAGE === 'image:5');
}

const script = 'infra/scripts/roll-out.sh';

export const mutations = [
  ['it does not wait for silos', (project) => project.with(script, '    await_ready "$name" 1', '    true')],
  ['the former silos go first', (project) => project.with(script, 'echo "starting $wanted silos in $other"', 'retire_all "$active"')],
  ['silos are changed in place', (project) => project.with(script, 'green) other=blue', 'green) other=green').with(script, 'retire_all "$other" # what', 'true # what')],
  ['leftovers stay', (project) => project.with(script, 'retire_all "$other" # what', 'true # what')],
  ['silos are deleted, not stopped', (project) => project.with(script, /az rest --method post --output none \\\n.*\n/, 'true\n').with(script, /if \[ "\$status" = Stopped \].*/, 'break')],
  ['secrets are written each time', (project) => project.with('infra/scripts/create-secrets.sh', 'if [ -z "$(secret_uri session-id-keys)" ]', 'if true')],
  ['keys go to the log', (project) => project.with('infra/scripts/create-secrets.sh', 'if [ -t 1 ]', 'if true')],
];
