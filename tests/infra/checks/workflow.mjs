import { parse } from 'yaml';

export const title = 'The workflows name what exists, may do little, and end';

const path = '.github/workflows/ci.yml';
const nightly = '.github/workflows/nightly.yml';

export function check(project) {
  return [...workflow(project, path, 60, ofEveryChange), ...workflow(project, nightly, 120, ofTheNight)];
}

function workflow(project, path, minutes, own) {
  let file;
  try {
    file = parse(project.text(path));
  } catch (error) {
    return [`${path}: ${error.message}`];
  }
  const jobs = Object.entries(file.jobs ?? {});
  const steps = jobs.flatMap(([job, { steps }]) => (steps ?? []).map((step) => ({ job, ...step })));
  const everything = steps.map((step) => step.run ?? '').join('\n');
  return [
    ...(file.permissions?.contents === 'read' && Object.keys(file.permissions).length === 1 ? [] : ['permissions: contents: read, and no more']),
    ...(file.concurrency?.group ? [] : ['concurrency is not limited']),
    ...jobs.filter(([, job]) => !(job['timeout-minutes'] <= minutes)).map(([name]) => `${name} has no timeout`),
    ...jobs.filter(([, job]) => /latest/.test(job['runs-on'])).map(([name]) => `${name} runs on whatever is the latest`),
    ...steps.filter((step) => step.uses && !/^[\w.-]+\/[\w./-]+@[0-9a-f]{40}$/.test(step.uses)).map((step) => `${step.uses} is not pinned`),
    ...steps.filter((step) => !step.uses && !step.run).map((step) => `${step.job}: a step does nothing`),
    ...steps.filter((step) => /\$\{\{/.test(step.run ?? '')).map((step) => `${step.job}: an expression within a script; pass it as a variable`),
    ...mentioned(everything).filter((one) => !exists(project, one)).map((one) => `${path} names ${one}, which does not exist`),
    ...own({ project, file, jobs, everything }),
  ];
}

const ofEveryChange = ({ project, jobs, everything }) => [
  ...jobs.filter(([, job]) => job.permissions?.packages === 'write' && job.if !== "github.event_name == 'push'").map(([name]) => `${name} may publish what was not pushed`),
  ...jobs.filter(([name, job]) => name === 'image' && String(job.needs) !== 'test,infra').map(() => 'the image is published before all was tested'),
  ...roots(project).filter((template) => !everything.includes(template)).map((template) => `${template} is not compiled`),
  ...['dotnet build OrleansMcp.sln', '.ci/run', 'az bicep build', 'az bicep lint', 'shellcheck', '-t:PublishContainer'].filter((command) => !everything.includes(command)).map((command) => `nothing runs ${command}`),
];

const ofTheNight = ({ file, everything }) => [
  ...(file.on?.schedule?.length ? [] : ['nothing starts it at night']),
  ...(everything.includes('.ci/nightly') ? [] : ['nothing runs .ci/nightly']),
];

const mentioned = (text) => [...new Set(text.match(/(?<![\w/$.-])(?:[\w.-]+\/)+[\w.*-]+\.?(?:bicep|sh|csproj)\b|\.ci\/(?:run|nightly)\b|\b[\w.]+\.sln\b/g) ?? [])];

const exists = (project, path) => (path.includes('*') ? project.paths(new RegExp(`^${path.replaceAll('.', '\\.').replace('*', '[^/]*')}$`)).length > 0 : project.has(path));

// What is deployed by itself: main, and what the scripts deploy.
const roots = (project) => ['infra/main.bicep', ...project.paths(/^infra\/scripts\/.*\.sh$/).flatMap((script) => [...project.text(script).matchAll(/(?:\$infra|\.\.)\/([\w/-]+\.bicep)/g)].map((match) => `infra/${match[1]}`))];

export const mutations = [
  ['it is no YAML', (project) => project.with(path, 'jobs:', 'jobs: {')],
  ['a template is elsewhere', (project) => project.with(path, 'infra/silos.bicep', 'infra/silo.bicep')],
  ['a template is not compiled', (project) => project.with(path, ' infra/session-keys.bicep', '')],
  ['it may write everything', (project) => project.with(path, 'contents: read', 'contents: write')],
  ['an action moves', (project) => project.with(path, /actions\/checkout@[0-9a-f]{40}/, 'actions/checkout@v7')],
  ['a job may hang', (project) => project.with(path, /.*timeout-minutes: 40\n/, '')],
  ['tests are not run', (project) => project.with(path, 'run: .ci/run', 'run: "true"').with(path, ' .ci/run', '')],
  ['pull requests publish', (project) => project.with(path, "    if: github.event_name == 'push'\n", '')],
  ['nothing runs at night', (project) => project.with(nightly, /on:\n  schedule:\n.*\n/, 'on:\n')],
  ['what takes long is not run', (project) => project.with(nightly, 'run: .ci/nightly', 'run: "true"')],
  ['the night does not end', (project) => project.with(nightly, /.*timeout-minutes: 120\n/, '')],
];
