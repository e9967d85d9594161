import { descendants, properties } from '../bicep/parser.mjs';

export const title = 'Modules, their parameters and outputs, and imports exist';

export function check(project) {
  return project.bicepPaths.flatMap((path) => {
    const file = project.bicep(path);
    return [...modulesOf(project, path, file), ...importsOf(project, path, file), ...outputsOf(project, path, file)];
  });
}

function* modulesOf(project, path, file) {
  for (const [name, module] of file.modules) {
    const target = project.resolve(path, module.path);
    if (!project.files.has(target)) {
      yield `${path}: module ${name} is ${target}, which does not exist`;
      continue;
    }
    const declared = project.bicep(target).params;
    const passed = properties(module.body.get('params'));
    for (const given of passed.keys()) {
      if (!declared.has(given)) yield `${path}: module ${name} has no parameter ${given}`;
    }
    for (const [parameter, { required }] of declared) {
      if (required && !passed.has(parameter)) yield `${path}: module ${name} needs the parameter ${parameter}`;
    }
    if (file.targetScope === 'subscription' && project.bicep(target).targetScope === 'resourceGroup' && !module.body.has('scope')) {
      yield `${path}: module ${name} needs a scope`;
    }
  }
}

function* importsOf(project, path, file) {
  for (const { names, path: from } of file.imports) {
    const target = project.resolve(path, from);
    if (!project.files.has(target)) {
      yield `${path}: imports from ${target}, which does not exist`;
      continue;
    }
    const other = project.bicep(target);
    for (const name of names) {
      const found = other.functions.get(name) ?? other.variables.get(name) ?? other.types.get(name);
      if (!found) yield `${path}: ${target} has no ${name}`;
      else if (!found.decorators.some((decorator) => decorator.includes('export()'))) yield `${path}: ${target} does not export ${name}`;
    }
  }
}

function* outputsOf(project, path, file) {
  for (const node of descendants(file.root)) {
    const used = node.type === 'member_expression' && /^(\w+)(\[[^\]]*\])?[!?]?\.outputs\.(\w+)$/.exec(node.text);
    if (!used) continue;
    const module = file.modules.get(used[1]);
    const target = module && project.resolve(path, module.path);
    if (!module) yield `${path}: ${node.text}: there is no module ${used[1]}`;
    else if (project.files.has(target) && !project.bicep(target).outputs.has(used[3])) yield `${path}: ${target} has no output ${used[3]}`;
  }
}

export const mutations = [
  ['a parameter has another name', (project) => project.with('infra/main.bicep', 'logWrites: logTableWrites', 'logWrite: logTableWrites')],
  ['a required parameter is not passed', (project) => project.with('infra/main.bicep', /email: alertEmail\n/, '')],
  ['an output has another name', (project) => project.with('infra/modules/network.bicep', 'output vaultZoneId', 'output zoneOfVault')],
  ['a module is elsewhere', (project) => project.with('infra/main.bicep', "'modules/vault.bicep'", "'vault.bicep'")],
  ['a module lost its scope', (project) => project.with('infra/main.bicep', /name: 'vault'\n {2}scope: group/, "name: 'vault'")],
  ['an import is not exported', (project) => project.with('infra/ports.bicep', /@export\(\)\n(@description\('The first port)/, '$1')],
];
