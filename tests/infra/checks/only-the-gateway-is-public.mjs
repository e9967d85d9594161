import { descendants, literal, properties } from '../bicep/parser.mjs';

export const title = 'Only the gateway is public; tables and vault are reachable from the network only';

const environments = 'infra/modules/environments.bicep';

export function check(project) {
  const problems = [];
  const internal = (name) => properties(properties(project.bicep(environments).resources.get(name).body.get('properties')).get('vnetConfiguration')).get('internal')?.text;
  if (internal('silos') !== 'true') problems.push(`${environments}: the environment of silos is not internal`);
  if (internal('gateways') !== 'false') problems.push(`${environments}: the environment of gateways is not external`);
  for (const [path, name] of appsThatMayBePublic(project)) {
    if (path !== 'infra/modules/gateway.bicep') problems.push(`${path}: ${name} is not in the environment of silos`);
  }
  for (const [path, resource, required] of closed) {
    const set = properties(project.bicep(path).resources.get(resource).body.get('properties'));
    for (const [key, value] of Object.entries(required)) {
      const actual = valueAt(set, key);
      if ((literal(actual) ?? actual?.text) !== value) problems.push(`${path}: ${key} of ${resource} is not ${value}`);
    }
  }
  for (const path of project.bicepPaths) {
    for (const [name, { type }] of project.bicep(path).resources) {
      if (/publicIPAddresses|loadBalancers|applicationGateways|frontdoors|bastionHosts|natGateways/i.test(type)) problems.push(`${path}: ${name} is a public address`);
    }
  }
  return problems;
}

const closed = [
  ['infra/modules/storage.bicep', 'account', { publicNetworkAccess: 'Disabled', allowSharedKeyAccess: 'false', allowBlobPublicAccess: 'false', 'networkAcls.defaultAction': 'Deny' }],
  ['infra/modules/vault.bicep', 'vault', { publicNetworkAccess: 'Disabled', 'networkAcls.defaultAction': 'Deny', enableRbacAuthorization: 'true', enablePurgeProtection: 'true', enableSoftDelete: 'true' }],
  ['infra/modules/registry.bicep', 'registry', { adminUserEnabled: 'false', anonymousPullEnabled: 'false' }],
];

function valueAt(map, key) {
  const [first, ...rest] = key.split('.');
  return rest.length === 0 ? map.get(first) : valueAt(properties(map.get(first)), rest.join('.'));
}

/** Apps with an ingress that is open beyond their environment, unless that environment is the internal one. */
function* appsThatMayBePublic(project) {
  for (const path of project.bicepPaths) {
    for (const [name, { type, node }] of project.bicep(path).resources) {
      if (type !== 'Microsoft.App/containerApps') continue;
      const open = [...descendants(node)].some((one) => one.type === 'object_property' && one.namedChild(0).text === 'external' && one.namedChild(1).text !== 'false');
      if (open && !isInternal(project, path)) yield [path, name];
    }
  }
}

// Silos get the environment from roll-out.sh, which gets it from main.bicep; the collector from main.bicep.
function isInternal(project, path) {
  const main = project.bicep('infra/main.bicep');
  const handed = [...main.modules.values()].filter((module) => project.resolve('infra/main.bicep', module.path) === path)
    .map((module) => properties(module.body.get('params')).get('environmentId')?.text);
  if (path === 'infra/modules/silo.bicep') {
    handed.push(properties(properties(main.outputs.get('SILO_TEMPLATE_PARAMETERS').value).get('environmentId')).get('value')?.text);
  }
  const output = project.bicep(environments).outputs.get('silosId').value.text;
  return output === 'silos.id' && handed.length > 0 && handed.every((one) => one === 'environments.outputs.silosId');
}

export const mutations = [
  ['the environment of silos is external', (project) => project.with(environments, 'internal: true', 'internal: false')],
  ['silos are in the environment of gateways', (project) => project.with('infra/main.bicep', 'environmentId: { value: environments.outputs.silosId }', 'environmentId: { value: environments.outputs.gatewaysId }')],
  ['the collector is in the environment of gateways', (project) => project.with('infra/main.bicep', 'environmentId: environments.outputs.silosId', 'environmentId: environments.outputs.gatewaysId')],
  ['the outputs are mixed up', (project) => project.with(environments, 'silosId string = silos.id', 'silosId string = gateways.id')],
  ['tables are public', (project) => project.with('infra/modules/storage.bicep', "publicNetworkAccess: 'Disabled'", "publicNetworkAccess: 'Enabled'")],
  ['tables take keys', (project) => project.with('infra/modules/storage.bicep', 'allowSharedKeyAccess: false', 'allowSharedKeyAccess: true')],
  ['the vault is public', (project) => project.with('infra/modules/vault.bicep', "publicNetworkAccess: 'Disabled'", "publicNetworkAccess: 'Enabled'")],
  ['the vault can be purged', (project) => project.with('infra/modules/vault.bicep', 'enablePurgeProtection: true', 'enablePurgeProtection: false')],
  ['the registry has a password', (project) => project.with('infra/modules/registry.bicep', 'adminUserEnabled: false', 'adminUserEnabled: true')],
];
