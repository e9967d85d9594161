export const title = 'Every bicep file parses';

export const check = (project) => project.bicepPaths.flatMap((path) => project.bicep(path).errors.map((error) => `${path}: ${error}`));

export const mutations = [
  ['a brace is missing', (project) => project.with('infra/modules/network.bicep', 'properties: {', 'properties: ')],
  ['a word is too much', (project) => project.with('infra/main.bicep', 'param location string', 'param location string string string')],
];
