// Bicep files as syntax trees, with the few questions that the checks ask of them.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Language, Parser } from 'web-tree-sitter';

const require = createRequire(import.meta.url);
await Parser.init();
const bicep = await Language.load(require.resolve('tree-sitter-bicep/tree-sitter-bicep.wasm'));

export function parse(text) {
  const parser = new Parser();
  parser.setLanguage(bicep);
  const root = parser.parse(text).rootNode;
  return { text, root, errors: findErrors(root), ...declarations(root) };
}

export const parseFile = (path) => parse(readFileSync(path, 'utf8'));

export function* descendants(node) {
  yield node;
  for (const child of node.namedChildren) {
    yield* descendants(child);
  }
}

/** The text of a string without interpolation; null for any other node. */
export function literal(node) {
  if (node?.type !== 'string' || node.namedChildren.some((child) => child.type === 'interpolation')) {
    return null;
  }
  return node.namedChildren.map((child) => (child.type === 'escape_sequence' ? child.text.slice(1) : child.text)).join('');
}

/** Properties of an object as a map from name to the node of the value. */
export function properties(object) {
  const found = new Map();
  for (const property of object?.namedChildren ?? []) {
    if (property.type === 'object_property') {
      const [key, value] = property.namedChildren.filter((child) => child.type !== 'comment');
      found.set(literal(key) ?? key.text, value);
    }
  }
  return found;
}

/** The object that a declaration ends in, also behind a condition or inside of a loop. */
export function body(node) {
  const last = node.namedChildren.filter((child) => child.type !== 'comment').at(-1);
  return last?.type === 'for_statement' || last?.type === 'if_statement' ? body(last) : last;
}

function findErrors(root) {
  const errors = [];
  const visit = (node) => {
    if (node.type === 'ERROR' || node.isMissing) {
      errors.push(`line ${node.startPosition.row + 1}: ${node.isMissing ? `missing ${node.type}` : node.text.split('\n')[0].slice(0, 60)}`);
    } else {
      node.children.forEach(visit);
    }
  };
  visit(root);
  return errors;
}

function declarations(root) {
  const found = { params: new Map(), variables: new Map(), functions: new Map(), types: new Map(), modules: new Map(), resources: new Map(), outputs: new Map(), imports: [], targetScope: 'resourceGroup' };
  let decorators = [];
  for (const node of root.namedChildren) {
    if (node.type === 'decorators') {
      decorators = node.namedChildren.map((one) => one.text);
      continue;
    }
    const [name, second] = node.namedChildren;
    const entry = { name: name?.text, node, decorators };
    if (node.type === 'parameter_declaration') {
      found.params.set(name.text, { ...entry, required: node.namedChildCount < 3 && !second.text.endsWith('?') });
    } else if (node.type === 'variable_declaration') {
      found.variables.set(name.text, { ...entry, value: node.namedChildren.at(-1) });
    } else if (node.type === 'user_defined_function') {
      found.functions.set(name.text, { ...entry, parameters: node.namedChildren.find((child) => child.type === 'parameters').namedChildren.map((one) => one.namedChild(0).text), value: node.namedChildren.at(-1) });
    } else if (node.type === 'type_declaration') {
      found.types.set(name.text, entry);
    } else if (node.type === 'module_declaration') {
      found.modules.set(name.text, { ...entry, path: literal(second), body: properties(body(node)) });
    } else if (node.type === 'resource_declaration') {
      const [type, version] = literal(second).split('@');
      found.resources.set(name.text, { ...entry, type, version, existing: /^resource\s+\w+\s+'[^']+'\s+existing\b/.test(node.text), body: properties(body(node)) });
    } else if (node.type === 'output_declaration') {
      found.outputs.set(name.text, { ...entry, value: node.namedChildren.at(-1) });
    } else if (node.type === 'import_functionality') {
      found.imports.push({ names: node.namedChildren.filter((child) => child.type === 'identifier').map((child) => child.text), path: literal(node.namedChildren.at(-1)) });
    } else if (node.type === 'target_scope_assignment') {
      found.targetScope = literal(name);
    }
    if (node.type !== 'comment') {
      decorators = [];
    }
  }
  return found;
}
