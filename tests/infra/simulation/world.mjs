// A folder with the scripts of a project, and az and azd that are simulated: each is a function that bash finds in its environment, and that asks this
// process. Scripts call them hundreds of times, and starting a program each time would take longer than all else.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { run } from './azure.mjs';

const end = '\u0001';

const client = (tool) => `() {
  local code line
  {
    printf '%s\\0' ${tool} "$@" >&3
    printf '\\1' >&3
    read -r code <&3
    while IFS= read -r line <&3; do
      case $line in O*) printf '%s\\n' "\${line:1}" ;; *) printf '%s\\n' "\${line:1}" >&2 ;; esac
    done
  } 3<> "/dev/tcp/127.0.0.1/$SIMULATION"
  return "$code"
}`;

/** The world objects to what a script did. */
class Objected extends Error {}

export class World {
  /** Seconds that a roll-out waits for a silo. Long: the machine may be busy. */
  readyWithin = 10;

  /** What a provisioning left in the azd environment; hooks have it as variables. */
  #told = {
    AZURE_ENV_NAME: 'test', AZURE_SUBSCRIPTION_ID: 's', AZURE_RESOURCE_GROUP: 'rg-test', AZURE_KEY_VAULT_NAME: 'kv', GATEWAY_HOST: 'gateway.example', GATEWAY_URL: 'https://gateway.example/mcp',
    SILO_TEMPLATE_PARAMETERS: '{"siloCount":{"value":2}}', GATEWAY_TEMPLATE_PARAMETERS: '{"minReplicas":{"value":2}}',
  };

  #server = createServer((socket) => {
    let asked = '';
    socket.on('error', () => {});
    socket.on('data', (data) => {
      asked += data;
      if (!asked.endsWith(end)) return;
      const [tool, ...words] = asked.slice(0, -1).split('\0').slice(0, -1);
      const { code, said, error } = run(this.state, tool, words);
      const lines = [...said.flatMap((text) => String(text).split('\n').map((line) => `O${line}`)), ...(error ? [`E${error}`] : [])];
      socket.end([code, ...lines, ''].join('\n'));
    });
  });

  static async create(project) {
    const world = new World();
    world.folder = mkdtempSync(join(tmpdir(), 'orleansmcp-infra-'));
    for (const path of project.paths(/^infra\/scripts\//)) world.#write(path, project.text(path));
    world.state = {
      apps: { gateway: { role: 'gateway', colour: '', image: 'stand-in', secrets: null, status: 'Running', asked: 0 } },
      secrets: {},
      violations: [],
      events: [],
      neverReady: [],
      failAt: null,
      env: {},
    };
    await new Promise((listening) => world.#server.listen(0, '127.0.0.1', listening));
    return world;
  }

  /** Plays a story in a world of its own, up to its first problem, or to the first script that the world objects to: what follows would rest on it. */
  static async play(project, story) {
    const world = await World.create(project);
    try {
      for await (const problem of story(world)) return [problem];
      return [];
    } catch (error) {
      if (!(error instanceof Objected)) throw error;
      return world.state.violations;
    } finally {
      world.close();
    }
  }

  /** Runs a script to its end, or for a minute. */
  async run(script, ...words) {
    const result = await this.#start(script, words);
    if (this.state.violations.length > 0) throw new Objected(`${script}: ${this.state.violations.join(', ')}`);
    return result;
  }

  #start(script, words) {
    return new Promise((ended, failed) => {
      const child = spawn('bash', [join(this.folder, 'infra/scripts', script), ...words], {
        cwd: this.folder,
        timeout: 60_000,
        stdio: ['ignore', 'pipe', 'pipe'],
        env: {
          ...this.#told,
          'BASH_FUNC_az%%': client('az'), 'BASH_FUNC_azd%%': client('azd'), PATH: process.env.PATH, HOME: this.folder, TMPDIR: this.folder, SIMULATION: this.#server.address().port,
          ROLL_OUT_PAUSE_SECONDS: '0.3', ROLL_OUT_READY_SECONDS: this.readyWithin, ROLL_OUT_GONE_SECONDS: '10',
        },
      });
      let output = '';
      child.stdout.on('data', (data) => (output += data));
      child.stderr.on('data', (data) => (output += data));
      child.on('error', failed);
      child.on('close', (code) => ended({ code, output }));
    });
  }

  text(path) {
    return existsSync(join(this.folder, path)) ? readFileSync(join(this.folder, path), 'utf8') : null;
  }

  close() {
    this.#server.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  #write(path, text) {
    const full = join(this.folder, path);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, text, { mode: 0o755 });
  }
}
