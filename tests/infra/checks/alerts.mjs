import { evaluate, scopeOf } from '../bicep/evaluator.mjs';

export const title = 'Every signal whose expected rate is zero alerts, and no other; each has its entry in the runbook';

const source = 'src/OrleansMcp.Core/Signals/SignalName.cs';

export function check(project) {
  const text = project.text(source);
  const names = [...text.matchAll(/public const string \w+ = "(\w+)";/g)].map((match) => match[1]);
  const zeroInSource = [...text.matchAll(/<summary>([^<]*)<\/summary>\s*public const string \w+ = "(\w+)";/g)].filter((match) => /Expected: zero/.test(match[1])).map((match) => match[2]);
  const expected = expectedByReadme(project);
  const alerts = scopeOf(project, 'infra/signals.bicep').values.get('zeroRateSignals');
  const alerted = alerts.map((alert) => alert.name);
  const rule = project.bicep('infra/modules/alerts.bicep').text;
  return [
    ...(names.length < 10 ? [`${source}: found ${names.length} signals`] : []),
    ...names.filter((name) => !expected.has(name)).map((name) => `README.md does not say how often ${name} is expected`),
    ...zeroInSource.filter((name) => expected.get(name) !== '0').map((name) => `README.md does not expect ${name} never, as ${source} does`),
    ...names.filter((name) => expected.get(name) === '0' && !alerted.includes(name)).map((name) => `${name} is expected never, and does not alert`),
    ...alerted.filter((name) => expected.get(name) !== '0').map((name) => `${name} alerts, and is not expected never`),
    ...alerted.filter((name, i) => alerted.indexOf(name) !== i).map((name) => `${name} alerts twice`),
    ...alerts.filter((alert) => ![1, 2].includes(alert.severity) || !alert.what).map((alert) => `${alert.name}: severity and words`),
    ...(/for signal in zeroRateSignals/.test(rule) && rule.includes('"orleansmcp.signals"') && rule.includes('"${signal.name}"') ? [] : ['alerts.bicep does not make a rule of each']),
    ...(project.text('src/OrleansMcp.Core/Sessions/SessionMetrics.cs').includes('"orleansmcp.signals"') ? [] : ['the metric has another name']),
    ...(project.text('src/OrleansMcp.Core/Sessions/SessionMetrics.cs').includes('{ "signal", signal.Name }') ? [] : ['the tag of the metric has another name']),
    ...names.filter((name) => !new RegExp(`^\\| [^|]*\`${name}\``, 'm').test(runbook(project))).map((name) => `infra/README.md: the runbook has nothing about ${name}`),
  ];
}

// | `name`, `name` | what | expected |
function expectedByReadme(project) {
  const section = /## Signals and audit\n([\s\S]*?)\n## /.exec(project.text('README.md'))?.[1] ?? '';
  const found = new Map();
  let above = '';
  for (const [, names, , expected] of section.matchAll(/^\| (`[^|]+) \| ([^|]+) \| ([^|]+) \|$/gm)) {
    above = expected.trim() || above;
    [...names.matchAll(/`(\w+)`/g)].forEach((match) => found.set(match[1], above));
  }
  return found;
}

const runbook = (project) => /## Runbook\n([\s\S]*?)(\n## |$)/.exec(project.text('infra/README.md'))?.[1] ?? '';

export const mutations = [
  ['a signal does not alert', (project) => project.with('infra/signals.bicep', /.*cross_tenant_attempt.*\n/, '')],
  ['an alert has another name', (project) => project.with('infra/signals.bicep', "'modifier_mismatch'", "'modifier_missmatch'")],
  ['a routine signal alerts', (project) => project.with('infra/signals.bicep', "'noisy_neighbour'", "'stale_read'")],
  ['a new signal is never expected', (project) => project.with(source, 'public static class SignalName\n{', 'public static class SignalName\n{\n    /// <summary>New. Expected: zero.</summary>\n    public const string New = "brand_new";\n')],
  ['the runbook lacks one', (project) => project.with('infra/README.md', /^\| `session_ended`.*\n/m, '')],
  ['the rules ask for another metric', (project) => project.with('infra/modules/alerts.bicep', 'orleansmcp.signals', 'orleansmcp.signal')],
];
