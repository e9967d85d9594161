import { properties } from '../bicep/parser.mjs';

export const title = 'Scripts give the templates they deploy exactly the parameters that these have';

// A template that a script deploys, the output of main.bicep it passes, and the deployment's name in the script.
const deployed = [
  { script: 'infra/scripts/roll-out.sh', template: 'infra/silos.bicep', output: 'SILO_TEMPLATE_PARAMETERS' },
  { script: 'infra/scripts/roll-out.sh', template: 'infra/modules/gateway.bicep', output: 'GATEWAY_TEMPLATE_PARAMETERS' },
  { script: 'infra/scripts/rotate-session-id-key.sh', template: 'infra/session-keys.bicep', output: null },
];

export function check(project) {
  return deployed.flatMap(({ script, template, output }) => {
    const file = template.replace('infra/', '');
    const line = project.text(script).replaceAll('\\\n', ' ').split('\n').find((one) => one.includes(`/${file}"`));
    if (!line) return [`${script} does not deploy ${template}`];
    const words = [...line.matchAll(/"(\w+)=\$/g)].map((match) => match[1]);
    const declared = project.bicep('infra/main.bicep').outputs.get(output);
    if (output && !declared) return [`main.bicep has no output ${output}`];
    const passed = output ? [...properties(declared.value).keys(), ...words] : words;
    const params = project.bicep(template).params;
    return [
      ...(output && !project.text(script).includes(`required_setting ${output}`) ? [`${script} does not read ${output}`] : []),
      ...passed.filter((name, i) => passed.indexOf(name) !== i).map((name) => `${script}: ${name} is passed twice to ${template}`),
      ...passed.filter((name) => !params.has(name)).map((name) => `${script}: ${template} has no parameter ${name}`),
      ...[...params].filter(([name, { required }]) => required && !passed.includes(name)).map(([name]) => `${script}: ${template} needs ${name}`),
    ];
  });
}

export const mutations = [
  ['a parameter is not handed over', (project) => project.with('infra/main.bicep', '  address: { value: environments.outputs.silosAddress }\n', '')],
  ['a parameter is not known', (project) => project.with('infra/scripts/rotate-session-id-key.sh', '"vaultName=$vault"', '"vault=$vault"')],
  ['a parameter is new', (project) => project.with('infra/silos.bicep', "@description('How many.')", "param more string\n\n@description('How many.')")],
];
