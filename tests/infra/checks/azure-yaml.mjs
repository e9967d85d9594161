import { parse } from 'yaml';

export const title = 'azure.yaml has the shape that azd reads';

const commands = ['restore', 'provision', 'package', 'deploy', 'publish', 'up', 'down', 'build'].flatMap((name) => [`pre${name}`, `post${name}`]);
const known = ['name', 'metadata', 'requiredVersions', 'infra', 'services', 'hooks', 'resourceGroup', 'pipeline'];

export function check(project) {
  let file;
  try {
    file = parse(project.text('azure.yaml'));
  } catch (error) {
    return [`azure.yaml: ${error.message}`];
  }
  const gateway = file.services?.gateway;
  return [
    ...Object.keys(file).filter((key) => !known.includes(key)).map((key) => `azure.yaml: unknown key ${key}`),
    ...(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(file.name ?? '') ? [] : ['azure.yaml: name']),
    ...(file.infra?.provider === 'bicep' && project.has(`${file.infra.path}/${file.infra.module}.bicep`) ? [] : ['azure.yaml: infra names no bicep file that exists']),
    ...(Object.keys(file.services ?? {}).join() === 'gateway' ? [] : ['azure.yaml: one service, gateway']),
    ...(gateway?.host === 'containerapp' && gateway.language === 'dotnet' && !gateway.docker && !gateway.image ? [] : ['azure.yaml: gateway is a containerapp that the .NET SDK builds']),
    ...(gateway && project.paths(new RegExp(`^${gateway.project}/[^/]+\\.csproj$`)).length === 1 ? [] : ['azure.yaml: the project of gateway does not exist']),
    ...(project.text('infra/modules/gateway.bicep').includes("'azd-service-name': 'gateway'") ? [] : ['no resource is tagged azd-service-name: gateway']),
    ...(project.text('infra/main.bicep').includes("{ 'azd-env-name': environmentName }") ? [] : ['resources are not tagged azd-env-name']),
    ...(project.bicep('infra/main.bicep').outputs.has('AZURE_CONTAINER_REGISTRY_ENDPOINT') ? [] : ['azd finds the registry by AZURE_CONTAINER_REGISTRY_ENDPOINT']),
    ...hooks(project, file.hooks, '.'),
    ...Object.values(file.services ?? {}).flatMap((service) => [...hooks(project, service.hooks, service.project)]),
  ];
}

function* hooks(project, found, folder) {
  for (const [event, hook] of Object.entries(found ?? {})) {
    const run = hook.posix?.run;
    const path = run && project.resolve(`${folder}/azure.yaml`, run);
    if (!commands.includes(event)) yield `azure.yaml: there is no event ${event}`;
    if (!run) yield `azure.yaml: ${event} runs nothing`;
    else if (!project.files.has(path)) yield `azure.yaml: ${event} runs ${path}, which does not exist`;
    else if (!project.executable.has(path)) yield `azure.yaml: ${path} is not executable`;
  }
}

export const mutations = [
  ['a hook is elsewhere', (project) => project.with('azure.yaml', '../../infra/scripts/roll-out.sh', '../infra/scripts/roll-out.sh')],
  ['a hook cannot be run', (project) => project.notExecutable('infra/scripts/create-secrets.sh')],
  ['an event has another name', (project) => project.with('azure.yaml', 'postpublish', 'postpush')],
  ['the project is elsewhere', (project) => project.with('azure.yaml', 'src/OrleansMcp.Server', 'src/OrleansMcp.Serve')],
  ['the host is another one', (project) => project.with('azure.yaml', 'host: containerapp', 'host: appservice')],
  ['the gateway lost its tag', (project) => project.with('infra/modules/gateway.bicep', "'azd-service-name': 'gateway'", "'service': 'gateway'")],
];
