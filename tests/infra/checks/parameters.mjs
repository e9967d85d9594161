import { descendants } from '../bicep/parser.mjs';

export const title = 'Parameters and variables are declared, described and used';

export function check(project) {
  const file = 'infra/main.parameters.json';
  const { params } = project.bicep('infra/main.bicep');
  const given = JSON.parse(project.text(file)).parameters;
  return [
    ...Object.keys(given).filter((name) => !params.has(name)).map((name) => `${file}: main.bicep has no parameter ${name}`),
    ...[...params].filter(([name, param]) => param.required && !(name in given)).map(([name]) => `${file}: main.bicep needs ${name}`),
    ...project.bicepPaths.flatMap((path) => [...unusedIn(path, project.bicep(path))]),
  ];
}

function* unusedIn(path, file) {
  const names = [...descendants(file.root)].filter((node) => node.namedChildCount === 0 && !(node.parent?.type === 'object_property' && node.parent.namedChild(0).id === node.id)).map((node) => node.text);
  const uses = (name) => names.filter((one) => one === name).length;
  for (const [name, { decorators }] of file.params) {
    if (uses(name) < 2) yield `${path}: the parameter ${name} is not used`;
    if (!decorators.some((decorator) => decorator.includes('description('))) yield `${path}: the parameter ${name} has no description`;
  }
  for (const [name, { decorators }] of file.variables) {
    if (uses(name) < 2 && !decorators.some((decorator) => decorator.includes('export()'))) yield `${path}: the variable ${name} is not used`;
  }
  for (const name of file.imports.flatMap((one) => one.names)) {
    if (uses(name) < 2) yield `${path}: the import ${name} is not used`;
  }
}

export const mutations = [
  ['main has no such parameter', (project) => project.with('infra/main.parameters.json', '"alertEmail"', '"alertMail"')],
  ['a required parameter is missing', (project) => project.with('infra/main.parameters.json', /.*"environmentName".*\n/, '')],
  ['a parameter is not used', (project) => project.with('infra/main.bicep', 'addressPrefix: networkAddressPrefix', "addressPrefix: '10.0.0.0/16'")],
  ['a parameter is not described', (project) => project.with('infra/main.bicep', "@description('Region.')\n", '')],
  ['a variable is not used', (project) => project.with('infra/modules/network.bicep', 'addressPrefix: endpointsPrefix', "addressPrefix: '10.42.2.0/24'").with('infra/modules/network.bicep', /destinationAddressPrefix: endpointsPrefix/g, "destinationAddressPrefix: '*'")],
  ['an import is not used', (project) => project.with('infra/modules/silo.bicep', 'hostSettings, hostIdentity,', 'hostSettings, hostIdentity, mostSilos,')],
];
