export const title = 'Versions are pinned: resource types by stable versions, images by tags that do not move';

// Diagnostic settings never had a stable version.
const preview = ['Microsoft.Insights/diagnosticSettings'];
// Stands in until the first roll-out, and is reached by nobody.
const standIn = 'mcr.microsoft.com/dotnet/samples:aspnetapp';

export function check(project) {
  return project.bicepPaths.flatMap((path) => {
    const file = project.bicep(path);
    const types = [...file.resources].filter(([, { type, version }]) => !/^\d{4}-\d\d-\d\d$/.test(version) && !preview.includes(type)).map(([name, { type, version }]) => `${path}: ${name} is ${type}@${version}`);
    const images = [...file.text.matchAll(/'([a-z0-9.-]+\.(?:io|com)\/[a-z0-9./-]+)(:[^']*)?'/g)].filter(([, name, tag]) => `${name}${tag}` !== standIn && !/^:\d+\.\d+\.\d+$/.test(tag ?? '')).map(([all]) => `${path}: the image ${all} has no version`);
    return [...types, ...images];
  }).concat(mixed(project));
}

function mixed(project) {
  const versions = new Map();
  for (const path of project.bicepPaths) {
    for (const { type, version } of project.bicep(path).resources.values()) {
      const provider = type.split('/').slice(0, 2).join('/');
      versions.set(provider, (versions.get(provider) ?? new Set()).add(version));
    }
  }
  return [...versions].filter(([, found]) => found.size > 1).map(([type, found]) => `${type} is used in versions ${[...found].join(', ')}`);
}

export const mutations = [
  ['a preview', (project) => project.with('infra/modules/vault.bicep', 'vaults@2024-11-01', 'vaults@2024-12-01-preview')],
  ['two versions of one type', (project) => project.with('infra/modules/silo.bicep', 'containerApps@2026-01-01', 'containerApps@2025-01-01')],
  ['the newest image, whichever it is', (project) => project.with('infra/main.bicep', 'contrib:0.158.0', 'contrib:latest')],
];
