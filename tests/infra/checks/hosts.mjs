import { evaluate, scopeOf } from '../bicep/evaluator.mjs';
import { literal, properties } from '../bicep/parser.mjs';

export const title = 'Probes, ports, grace period, replicas and mounted configuration fit the hosts';

const environment = 'infra/environment.bicep';
const settings = { clusterId: 'c', serviceId: 's', tablesUri: 't', otlpEndpoint: 'o', probeSeconds: 2 };

export function check(project) {
  const scope = scopeOf(project, environment);
  const { httpPort, configurationFolder, configurationFile } = Object.fromEntries(scope.values);
  const variables = new Map(scope.functions.get('hostEnvironment')(settings, 'silo', 'id', '').map((one) => [one.name, one.value]));
  const probes = scope.functions.get('hostProbes')();
  const health = project.text('src/OrleansMcp.Http/Health/HealthEndpointExtensions.cs');
  const path = (type) => probes.find((probe) => probe.type === type)?.httpGet.path;
  return [
    ...probes.filter((probe) => !health.includes(`"${probe.httpGet.path}"`)).map((probe) => `${probe.type} asks for ${probe.httpGet.path}, which the hosts do not serve`),
    ...probes.filter((probe) => probe.httpGet.port !== httpPort).map((probe) => `${probe.type} asks at ${probe.httpGet.port}`),
    ...probes.filter((probe) => probe.failureThreshold > 10 || probe.timeoutSeconds > 240).map((probe) => `${probe.type}: Container Apps does not take these numbers`),
    ...(path('Liveness') === '/healthz' && path('Startup') === '/healthz' && path('Readiness') === '/readyz' ? [] : ['probes: alive is /healthz, ready is /readyz']),
    ...(variables.get('ORLEANSMCP_URLS') === `http://0.0.0.0:${httpPort}` ? [] : ['ORLEANSMCP_URLS does not fit the port of probes and ingress']),
    ...(variables.get('ORLEANSMCP_CONFIG') === `${configurationFolder}/${configurationFile}` ? [] : ['ORLEANSMCP_CONFIG is not the mounted file']),
    ...app(project, 'silo', 1, 1),
    ...app(project, 'gateway', 'minReplicas', 'maxReplicas'),
    ...gateway(project),
  ];
}

function* app(project, name, least, most) {
  const path = `infra/modules/${name}.bicep`;
  const set = properties(project.bicep(path).resources.get(name).body.get('properties'));
  const template = properties(set.get('template'));
  const scale = properties(template.get('scale'));
  if (template.get('terminationGracePeriodSeconds')?.text !== '30') yield `${path}: the hosts leave within 30 s`;
  if (scale.get('minReplicas')?.text !== String(least) || scale.get('maxReplicas')?.text !== String(most)) yield `${path}: replicas`;
  const container = properties(template.get('containers').namedChild(0));
  for (const needed of ['hostEnvironment(settings, ', 'ownSettings']) {
    if (!container.get('env').text.includes(needed)) yield `${path}: the environment lacks ${needed}`;
  }
  if (!container.get('env').text.includes(`'${name}'`)) yield `${path}: the role is not ${name}`;
  if (!container.get('probes').text.includes('hostProbes()')) yield `${path}: there are no probes`;
  const mounted = container.get('volumeMounts').text;
  if (!mounted.includes('mountPath: configurationFolder') || !template.get('volumes').text.includes("secretRef: 'configuration', path: configurationFile")) yield `${path}: the configuration is not mounted`;
  const secrets = properties(set.get('configuration')).get('secrets').text;
  for (const secret of ['session-id-keys', 'configuration']) {
    if (!new RegExp(`name: '${secret}', keyVaultUrl: secrets\\.`).test(secrets)) yield `${path}: the secret ${secret} is not from the vault`;
  }
}

function* gateway(project) {
  const path = 'infra/modules/gateway.bicep';
  const file = project.bicep(path);
  const ingress = properties(properties(properties(file.resources.get('gateway').body.get('properties')).get('configuration')).get('ingress'));
  if (ingress.get('targetPort')?.text !== 'httpPort') yield `${path}: ingress leads to another port`;
  if (literal(properties(ingress.get('stickySessions')).get('affinity')) !== 'none') yield `${path}: sessions must not stick`;
  if (ingress.get('allowInsecure')?.text !== 'false') yield `${path}: plain HTTP is let in`;
  if (!/@minValue\(2\)/.test(file.params.get('minReplicas').decorators.join())) yield `${path}: fewer than two replicas are possible`;
  const main = project.bicep('infra/main.bicep').params;
  if (literal(main.get('clientCertificateMode').node.namedChildren.at(-1)) !== 'ignore') yield 'infra/main.bicep: clientCertificateMode is not ignore by default';
  if (evaluate(main.get('gatewayMinReplicas').node.namedChildren.at(-1), { values: new Map(), functions: new Map() }) < 2) yield 'infra/main.bicep: gatewayMinReplicas';
}

export const mutations = [
  ['a probe asks elsewhere', (project) => project.with(environment, "path: '/readyz'", "path: '/ready'")],
  ['ready counts as alive', (project) => project.with(environment, "'Liveness', httpGet: { path: '/healthz'", "'Liveness', httpGet: { path: '/readyz'")],
  ['the hosts listen elsewhere', (project) => project.with(environment, 'http://0.0.0.0:8080', 'http://0.0.0.0:5080')],
  ['the configuration is mounted elsewhere', (project) => project.with(environment, "var configurationFolder = '/mnt/orleansmcp'", "var configurationFolder = '/etc/orleansmcp'")],
  ['a silo may have two replicas', (project) => project.with('infra/modules/silo.bicep', 'maxReplicas: 1', 'maxReplicas: 2')],
  ['the grace period is short', (project) => project.with('infra/modules/gateway.bicep', 'terminationGracePeriodSeconds: 30', 'terminationGracePeriodSeconds: 10')],
  ['sessions stick', (project) => project.with('infra/modules/gateway.bicep', "affinity: 'none'", "affinity: 'sticky'")],
  ['one gateway is enough', (project) => project.with('infra/main.bicep', 'gatewayMinReplicas int = 2', 'gatewayMinReplicas int = 1')],
  ['certificates are taken by default', (project) => project.with('infra/main.bicep', "clientCertificateMode string = 'ignore'", "clientCertificateMode string = 'accept'")],
  ['a secret is not from the vault', (project) => project.with('infra/modules/silo.bicep', "name: 'session-id-keys', keyVaultUrl: secrets.sessionIdKeys", "name: 'session-id-keys', value: secrets.sessionIdKeys")],
];
