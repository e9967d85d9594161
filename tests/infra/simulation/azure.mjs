// Stands in for az and azd: apps, secrets and deployments, as far as infra/scripts ask for them. It notes what must never happen.
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';

/** What a command ends with. */
class Ended extends Error {
  constructor(code, error) {
    super(error);
    this.code = code;
  }
}

/** Runs one command of az or azd against a state. */
export function run(state, tool, words) {
  const said = [];
  const option = (name) => words[words.indexOf(`--${name}`) + 1];
  const options = (name) => words.flatMap((word, i) => (word === `--${name}` ? words.slice(i + 1, words.findIndex((next, j) => j > i && next.startsWith('--'))) : []));
  const says = (text) => said.push(text);
  const keysOf = (app) => valueOf(app.secrets.sessionIdKeys).split(',');
  const valueOf = (uri) => state.secrets[uri.split('/').at(-2)].versions[Number(uri.split('/').at(-1))];
  const running = () => Object.entries(state.apps).filter(([, app]) => app.status === 'Running');
  const silos = (colour) => Object.entries(state.apps).filter(([, app]) => app.role === 'silo' && app.colour === colour).map(([name]) => name).sort();

  function event(text) {
    state.events.push(text);
    if (state.failAt && text.startsWith(state.failAt)) {
      state.failAt = null;
      end(1, `simulated failure at ${text}`);
    }
  }

  function end(code, error) {
    throw new Ended(code, error);
  }

  const violation = (text) => state.violations.push(text);

  // Whoever signs with a key must be understood by everybody else who runs.
  function checkKeys(when) {
    for (const [signer, one] of running()) {
      for (const [reader, other] of running()) {
        if (one.secrets && other.secrets && !keysOf(other).includes(keysOf(one)[0])) violation(`${when}: ${reader} does not know the key that ${signer} signs with`);
      }
    }
  }

  function checkServing(when) {
    const gateway = state.apps.gateway;
    if (!gateway?.colour) return;
    const serving = running().filter(([name, app]) => app.role === 'silo' && app.asked && !state.neverReady.includes(name)).length;
    if (serving === 0) violation(`${when}: no silo is ready, and the gateway serves`);
  }

  function write(name, value, tags = {}) {
    const secret = (state.secrets[name] ??= { versions: [] });
    secret.versions.push(value);
    secret.tags = tags;
  }

  function deploy() {
    const template = basename(option('template-file'));
    const given = Object.assign({}, ...options('parameters').map((one) => (one.startsWith('{')
      ? Object.fromEntries(Object.entries(JSON.parse(one)).map(([key, { value }]) => [key, value])) : { [one.split('=')[0]]: one.slice(one.indexOf('=') + 1) })));
    if (template === 'session-keys.bicep') {
      const [current, next] = ['session-id-key', 'session-id-key-next'].map((name) => state.secrets[name].versions.at(-1));
      write('session-id-keys', { verify: `${current},${next}`, sign: `${next},${current}`, finish: next }[given.phase], { phase: given.phase });
      if (given.phase === 'finish') write('session-id-key', next);
      event(`keys ${given.phase}`);
    } else if (template === 'silos.bicep') {
      for (let i = 0; i < Number(given.siloCount); i++) {
        const name = `silo-${given.colour}-${String(i).padStart(2, '0')}`;
        if (state.apps[name]) violation(`${name} runs, and is changed in place`);
        state.apps[name] = { role: 'silo', colour: given.colour, image: given.image, secrets: JSON.parse(given.secrets), status: 'Running', asked: 0 };
      }
      event(`start ${given.colour}`);
    } else if (template === 'gateway.bicep') {
      const waiting = silos(given.colour).filter((name) => !state.apps[name].asked || state.neverReady.includes(name));
      if (waiting.length > 0 || silos(given.colour).length === 0) violation(`gateways change before ${given.colour} is ready`);
      state.apps.gateway = { role: 'gateway', colour: given.colour, image: given.image, secrets: JSON.parse(given.secrets), status: 'Running', asked: 0 };
      event(`gateway ${given.colour} ${given.image}`);
    } else {
      end(1, `no such template: ${template}`);
    }
    checkKeys(`after ${state.events.at(-1)}`);
  }

  function app(verb) {
    const name = option('name');
    if (verb !== 'list' && !state.apps[name]) end(3, `The containerapp '${name}' could not be found`);
    const found = state.apps[name];
    const query = option('query');
    if (verb === 'list') return says(silos(/colour"=='(\w+)'/.exec(query)[1]).join('\n').trim());
    if (verb === 'replica') {
      found.asked++;
      return says(state.neverReady.includes(name) || (name === 'silo-green-00' && found.asked < 2) ? 0 : name === 'gateway' ? 2 : 1);
    }
    if (verb === 'revision') return says(found.status === 'Running' ? 1 : 0);
    if (verb === 'delete') {
      if (found.status === 'Running') violation(`${name} is deleted while it runs`);
      delete state.apps[name];
      return event(`delete ${name}`);
    }
    if (query === 'properties.latestRevisionName') return says(`${name}--1`);
    if (query === 'properties.runningStatus') return says(found.status);
    return says(JSON.stringify({
      tags: found.colour ? { 'orleansmcp-colour': found.colour } : {},
      properties: {
        template: { containers: [{ image: found.image }] },
        configuration: { secrets: found.secrets ? [{ name: 'session-id-keys', keyVaultUrl: found.secrets.sessionIdKeys }, { name: 'configuration', keyVaultUrl: found.secrets.configuration }] : [] },
      },
    }));
  }

  function rest() {
    const url = option('url');
    const secret = /\/secrets\/([\w-]+)\?/.exec(url)?.[1];
    if (/\/stop\?/.test(url)) {
      const name = /containerApps\/([\w-]+)\/stop/.exec(url)[1];
      event(`stop ${name}`);
      state.apps[name].status = 'Stopped';
      return checkServing(`after stop ${name}`);
    }
    if (option('method') === 'put') {
      write(secret, JSON.parse(readFileSync(option('body').slice(1), 'utf8')).properties.value);
      return event(`write ${secret}`);
    }
    const found = state.secrets[secret];
    if (!found) end(1, 'Not Found({"error":{"code":"SecretNotFound"}})');
    return says(option('query') === 'tags.phase' ? found.tags?.phase ?? '' : `https://vault.example/secrets/${secret}/${found.versions.length - 1}`);
  }

  try {
  for (const { versions } of Object.values(state.secrets)) {
    for (const value of versions) {
      if (words.some((word) => word.includes(value))) violation(`a secret is an argument of ${tool} ${words[0]}`);
    }
  }
  if (tool === 'azd') {
    if (words[1] === 'set') state.env[words[2]] = words[3];
    else if (words[2] in state.env) says(state.env[words[2]]);
    else end(1, 'key not found');
  } else if (words[0] === 'deployment') deploy();
  else if (words[0] === 'containerapp') app(words[1]);
  else if (words[0] === 'rest') rest();
  else end(1, `not simulated: ${words.join(' ')}`);
    return { code: 0, said, error: null };
  } catch (error) {
    if (error instanceof Ended) return { code: error.code, said, error: error.message };
    violation(`not simulated: ${tool} ${words.join(' ')} (${error.message})`);
    return { code: 1, said, error: 'not simulated' };
  }
}
