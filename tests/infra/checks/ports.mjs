import { evaluate, scopeOf } from '../bicep/evaluator.mjs';
import { properties } from '../bicep/parser.mjs';

export const title = 'Ports of 1 to 20 silos in both colours are all different, allowed, and those that the hosts are told';

const reserved = [80, 443, 36985];
const silo = 'infra/modules/silo.bicep';

export function check(project) {
  const problems = [];
  const { mostSilos, firstPort, lastPort } = Object.fromEntries(scopeOf(project, 'infra/ports.bicep').values);
  const taken = new Map([[collectorPort(project), 'the collector']]);
  for (const colour of ['blue', 'green']) {
    for (let index = 0; index < 20; index++) {
      const who = `${colour} ${index}`;
      const { exposed, target, told } = portsOf(project, colour, index);
      for (const port of exposed) {
        if (taken.has(port)) problems.push(`port ${port} of ${who} is also ${taken.get(port)}`);
        taken.set(port, who);
        if (!Number.isInteger(port) || port < 1024 || port > 65535 || reserved.includes(port)) problems.push(`port ${port} of ${who} is not to be had`);
        if (port >= 30000 && port <= 32767) problems.push(`port ${port} of ${who} is one that Container Apps balances over`);
        if (port < firstPort || port > lastPort) problems.push(`port ${port} of ${who} is outside of the range of the network rules`);
      }
      if (exposed.length !== 2 || exposed.join() !== target.join()) problems.push(`${who} exposes ${exposed} for ${target}`);
      if (exposed.join() !== told.join()) problems.push(`${who} exposes ${exposed} and is told ${told}`);
    }
  }
  const most = /@maxValue\((\d+)\)\nparam siloCount/;
  for (const path of ['infra/main.bicep', 'infra/silos.bicep']) {
    if (Number(most.exec(project.text(path))?.[1]) !== mostSilos) problems.push(`${path}: siloCount is not limited to ${mostSilos}`);
  }
  if (mostSilos !== 20) problems.push('mostSilos is not 20');
  return problems;
}

function portsOf(project, colour, index) {
  const file = project.bicep(silo);
  const scope = scopeOf(project, silo, { colour, index });
  const ingress = properties(properties(properties(file.resources.get('silo').body.get('properties')).get('configuration')).get('ingress'));
  const more = ingress.get('additionalPortMappings').namedChildren.map(properties);
  const value = (node) => evaluate(node, scope);
  const own = evaluate(file.variables.get('ownSettings').value, { ...scope, values: new Map(scope.values).set('address', '10.0.0.1') });
  const told = (name) => Number(own.find((one) => one.name === name)?.value);
  return {
    exposed: [ingress, ...more].map((one) => value(one.get('exposedPort'))),
    target: [ingress, ...more].map((one) => value(one.get('targetPort'))),
    told: [told('ORLEANSMCP_SILO_PORT'), told('ORLEANSMCP_GATEWAY_PORT')],
  };
}

const collectorPort = (project) => scopeOf(project, 'infra/modules/collector.bicep').values.get('port');

export const mutations = [
  ['the colours meet', (project) => project.with('infra/ports.bicep', '? 0 : 40', '? 0 : 38')],
  ['the pairs overlap', (project) => project.with('infra/ports.bicep', '2 * index', 'index')],
  ['a port is reserved', (project) => project.with('infra/ports.bicep', '=> 20000 +', '=> 36985 +')],
  ['ports are in the balanced range', (project) => project.with('infra/ports.bicep', /20000/g, '29990').with('infra/ports.bicep', '20079', '30079')],
  ['the network rules end too early', (project) => project.with('infra/ports.bicep', '20079', '20078')],
  ['the host is told another port', (project) => project.with(silo, "'ORLEANSMCP_SILO_PORT', value: string(siloPort(colour, index))", "'ORLEANSMCP_SILO_PORT', value: string(siloPort(colour, index) + 1)")],
  ['the collector has the same port', (project) => project.with('infra/modules/collector.bicep', 'var port = 4317', 'var port = 20041')],
  ['there may be more silos', (project) => project.with('infra/silos.bicep', '@maxValue(20)', '@maxValue(21)')],
];
