import { descendants, literal, properties } from '../bicep/parser.mjs';

export const title = 'The templates set exactly the variables that the hosts read, but for those listed with a reason';

const reader = 'src/OrleansMcp.Hosting/Settings/KnownSettings.cs';
const telemetry = 'src/OrleansMcp.Hosting/Telemetry/TelemetryExtensions.cs';
const exporter = 'src/OrleansMcp.Server/Hosting/ServerTelemetry.cs';
const guide = 'infra/README.md';

// Read by the telemetry library's UseOtlpExporter, not by our own code.
const readByExporter = ['OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE'];

export function check(project) {
  const known = knownSettings(project);
  const set = new Set(project.bicepPaths.flatMap((path) => [...setIn(project.bicep(path))]));
  const { exact, patterns } = notSet(project);
  const excused = (name) => exact.includes(name) || patterns.some((pattern) => pattern.test(name));
  return [
    ...(known.length < 15 ? [`${reader}: found ${known.length} settings; the list is not where it was`] : []),
    ...[...set].filter((name) => !known.includes(name)).map((name) => `${name} is set, and nobody reads it`),
    ...known.filter((name) => !set.has(name) && !excused(name)).map((name) => `${name} is read, and neither set nor listed with a reason in ${guide}`),
    ...exact.filter((name) => set.has(name)).map((name) => `${name} is set, and listed in ${guide} as not set`),
    ...exact.filter((name) => !known.includes(name)).map((name) => `${name} is listed in ${guide}, and nobody reads it`),
  ];
}

function knownSettings(project) {
  const own = [...project.text(reader).matchAll(/new\("([a-z-]+)"/g)].map((match) => variable(match[1]));
  const source = project.text(telemetry) + project.text(exporter);
  return [
    ...own,
    ...[...source.matchAll(/"(OTEL_[A-Z_]+)"/g)].map((match) => match[1]),
    ...(source.includes('AddEnvironmentVariableDetector') ? ['OTEL_RESOURCE_ATTRIBUTES'] : []),
    ...(source.includes('UseOtlpExporter') ? readByExporter : []),
  ];
}

const variable = (key) => `ORLEANSMCP_${key.replaceAll('-', '_').toUpperCase()}`;

function* setIn(file) {
  for (const node of descendants(file.root)) {
    const name = node.type === 'object' ? literal(properties(node).get('name')) : null;
    if (/^(ORLEANSMCP|OTEL)_/.test(name ?? '')) yield name;
  }
}

// The table under "Settings that are not set": | `key` | reason |
function notSet(project) {
  const section = /## Settings that are not set\n([\s\S]*?)(\n## |$)/.exec(project.text(guide))?.[1] ?? '';
  const rows = [...section.matchAll(/^\| (`[^|]+`) \| ([^|]{10,}) \|$/gm)].flatMap((match) => [...match[1].matchAll(/`([^`]+)`/g)].map((key) => key[1]));
  return {
    exact: rows.filter((key) => !key.endsWith('*')).map(variable),
    patterns: rows.filter((key) => key.endsWith('*')).map((key) => new RegExp(`^${variable(key.slice(0, -1))}`)),
  };
}

export const mutations = [
  ['a setting is misspelt', (project) => project.with('infra/environment.bicep', 'ORLEANSMCP_CLUSTER_ID', 'ORLEANSMCP_CLUSTER')],
  ['a setting is forgotten', (project) => project.with('infra/modules/silo.bicep', /.*ORLEANSMCP_LISTEN_ON_ANY.*\n/, '')],
  ['the host knows a new setting', (project) => project.with(reader, 'Role = new("role"', 'Colour = new("colour", ""), Role = new("role"')],
  ['the host forgot a setting', (project) => project.with(reader, 'new("drain"', 'other("drain"')],
  ['the telemetry listens to another variable', (project) => project.with(telemetry, '"OTEL_EXPORTER_OTLP_ENDPOINT"', '"OTEL_ENDPOINT"')],
  ['what is not set has no reason', (project) => project.with(guide, /^\| `data` \| .* \|$/m, '| `data` | no |')],
];
