export const title = 'No file holds a secret';

const patterns = [
  ['the key of an account', /(AccountKey|SharedAccessKey|SharedAccessSignature)=/i],
  ['a shared access signature', /[?&]sig=[A-Za-z0-9%+/=]{20,}/],
  ['an instrumentation key', /InstrumentationKey=[0-9a-f-]{36}/i],
  ['a private key', /-----BEGIN [A-Z ]*PRIVATE KEY-----/],
  ['an API key', /omcp_[A-Za-z0-9_-]{20,}/],
  ['a hash or key of 32 bytes in hexadecimal', /\b[0-9a-fA-F]{64}\b/],
  ['a token', /\b(ghp_|github_pat_|eyJ[A-Za-z0-9_-]{10,}\.)[A-Za-z0-9_.-]{16,}/],
];
const blob = /[A-Za-z0-9+/_-]{42,}={0,2}/g;

export function check(project) {
  return project.paths(/^(infra\/|azure\.yaml$|\.github\/|\.ci\/)/).flatMap((path) => {
    const text = project.text(path);
    const found = patterns.filter(([, pattern]) => pattern.test(text)).map(([what]) => `${path}: ${what}`);
    const blobs = (text.match(blob) ?? []).filter(isRandom).map((one) => `${path}: what looks like a key of 32 bytes or more: ${one.slice(0, 6)}...`);
    return [...found, ...blobs, ...(path.endsWith('.bicep') ? insecure(path, project.bicep(path)) : [])];
  });
}

// Names have words; 32 random bytes in base64 have all of these, and change between them all the time.
function isRandom(text) {
  const kinds = [/[a-z]/, /[A-Z]/, /[0-9]/];
  const kindOf = (letter) => kinds.findIndex((kind) => kind.test(letter));
  const changes = [...text].filter((letter, i) => i > 0 && kindOf(letter) !== kindOf(text[i - 1])).length;
  return kinds.every((kind) => kind.test(text)) && changes > text.length / 3;
}

function insecure(path, file) {
  return [
    ...[...file.params].filter(([, { node, decorators }]) => isSecretName(node.namedChild(0).text) && !decorators.some((one) => one.includes('secure()')))
      .map(([name]) => `${path}: the parameter ${name} is not @secure()`),
    ...[...file.outputs].filter(([, { value }]) => /listKeys|getSecret|ConnectionString/.test(value.text)).map(([name]) => `${path}: the output ${name} gives a secret away`),
  ];
}

const isSecretName = (name) => /^(current|next|password|key|secret|connectionString)$|(Password|Key|Secret|ConnectionString)$/.test(name);

export const mutations = [
  ['a connection string', (project) => project.adding('infra/note.md', 'AccountName=x;Account' + 'Key=abc')],
  ['a key in a template', (project) => project.with('infra/main.bicep', "param image string = ''", `param image string = '${Buffer.from(Array.from({ length: 32 }, (_, i) => (i * 73 + 41) % 256)).toString('base64')}'`)],
  ['a client key in a guide', (project) => project.adding('infra/guide.md', 'Bearer omcp' + '_abcdefghijklmnopqrstuvwxyz')],
  ['a key as a plain parameter', (project) => project.with('infra/modules/session-key-list.bicep', /@secure\(\)\nparam next/, 'param next')],
  ['an output of keys', (project) => project.with('infra/modules/storage.bicep', 'output name string = account.name', 'output name string = account.listKeys().keys[0].value')],
  ['a shared access signature in the workflow', (project) => project.adding('.github/workflows/x.yml', 'curl https://x/y?sv=1&s' + 'ig=abcdefghijklmnopqrstuvwx%3D')],
];
