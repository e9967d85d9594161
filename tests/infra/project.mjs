// The files of the working copy that the checks look at, in memory: a mutation changes one of them and nothing else.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, posix, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from './bicep/parser.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const looked = ['azure.yaml', 'README.md', '.ci/run', 'infra', '.github', 'src/OrleansMcp.Server/OrleansMcp.Server.csproj', 'src/OrleansMcp.Hosting/Settings', 'src/OrleansMcp.Core/Signals', 'src/OrleansMcp.Core/Sessions/SessionMetrics.cs',
  'src/OrleansMcp.Hosting/Telemetry', 'src/OrleansMcp.Server/Hosting/ServerTelemetry.cs', 'src/OrleansMcp.Http/Health'];

export class Project {
  #trees = new Map();

  constructor(files, executable, exists) {
    this.files = files;
    this.executable = executable;
    this.existsOnDisk = exists;
  }

  static load() {
    const files = new Map();
    const executable = new Set();
    const add = (path) => {
      const full = join(root, path);
      const status = statSync(full, { throwIfNoEntry: false });
      if (status?.isDirectory()) {
        readdirSync(full).filter((name) => !['bin', 'obj', 'node_modules'].includes(name)).forEach((name) => add(posix.join(path, name)));
      } else if (status) {
        files.set(path, readFileSync(full, 'utf8'));
        if (status.mode & 0o111) executable.add(path);
      }
    };
    looked.forEach(add);
    return new Project(files, executable, (path) => statSync(join(root, path), { throwIfNoEntry: false }) !== undefined);
  }

  get root() {
    return root;
  }

  text(path) {
    if (!this.files.has(path)) throw new Error(`there is no ${path}`);
    return this.files.get(path);
  }

  has(path) {
    return this.files.has(path) || (!path.startsWith('infra/') && this.existsOnDisk(path));
  }

  paths(pattern) {
    return [...this.files.keys()].filter((path) => pattern.test(path)).sort();
  }

  get bicepPaths() {
    return this.paths(/^infra\/.*\.bicep$/);
  }

  bicep(path) {
    if (!this.#trees.has(path)) this.#trees.set(path, parse(this.text(path)));
    return this.#trees.get(path);
  }

  resolve(from, path) {
    return posix.normalize(posix.join(posix.dirname(from), path));
  }

  relative(path) {
    return relative(root, path);
  }

  /** The project with one text replaced by another. A mutation that does not apply any more is a fault of the test. */
  with(path, from, to) {
    const text = this.text(path);
    const changed = text.replace(from, to);
    if (changed === text) throw new Error(`the mutation does not apply to ${path}: ${from}`);
    return new Project(new Map(this.files).set(path, changed), this.executable, this.existsOnDisk);
  }

  adding(path, text) {
    return new Project(new Map(this.files).set(path, text), this.executable, this.existsOnDisk);
  }

  without(path) {
    const files = new Map(this.files);
    if (!files.delete(path)) throw new Error(`the mutation does not apply: there is no ${path}`);
    return new Project(files, this.executable, this.existsOnDisk);
  }

  notExecutable(path) {
    const executable = new Set(this.executable);
    if (!executable.delete(path)) throw new Error(`${path} was not executable`);
    return new Project(this.files, executable, this.existsOnDisk);
  }
}
