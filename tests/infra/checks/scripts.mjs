import { spawnSync } from 'node:child_process';

export const title = 'Scripts are valid, strict and runnable';

export function check(project) {
  return project.paths(/^infra\/scripts\/.*\.sh$/).flatMap((path) => {
    const text = project.text(path);
    const parsed = spawnSync('bash', ['-n'], { input: text, encoding: 'utf8', timeout: 10_000 });
    const sourced = path.endsWith('/lib.sh');
    return [
      ...(parsed.status === 0 ? [] : [`${path}: ${parsed.stderr.trim() || parsed.error}`]),
      ...(sourced || (text.startsWith('#!/usr/bin/env bash\n') && text.includes('\nset -euo pipefail\n')) ? [] : [`${path}: does not stop at the first mistake`]),
      ...(sourced || project.executable.has(path) ? [] : [`${path}: is not executable`]),
      ...(/\b(az keyvault secret (set|show)|--value)\b/.test(text) ? [`${path}: a secret in an argument, or from the vault's closed side`] : []),
      ...(/\bset -x\b/.test(text) ? [`${path}: shows its commands`] : []),
      ...[...text.matchAll(/(?:az (?:deployment|containerapp|rest)[^\n]*|azd [a-z]+[^\n]*)\|\| true/g)].map((match) => `${path}: hides a failure: ${match[0]}`),
    ];
  });
}

export const mutations = [
  ['a quote is open', (project) => project.with('infra/scripts/roll-out.sh', 'echo "changing gateways"', 'echo "changing gateways')],
  ['it goes on after mistakes', (project) => project.with('infra/scripts/create-secrets.sh', 'set -euo pipefail', 'set -u')],
  ['it cannot be run', (project) => project.notExecutable('infra/scripts/rotate-session-id-key.sh')],
  ['a secret is an argument', (project) => project.with('infra/scripts/lib.sh', 'az rest --method put --url "$path" --body "@$body" --output none', 'az keyvault secret set --name "$name" --value "$(cat "$file")"')],
];
