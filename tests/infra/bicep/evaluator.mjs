// Evaluates expressions of Bicep, as far as the checks need them: the files' own text is computed, nothing is typed again here.
import { literal, properties } from './parser.mjs';

const builtIn = {
  string: (value) => String(value),
  int: (value) => Number.parseInt(value, 10),
  empty: (value) => value === '' || value === null || value === undefined || Object.keys(value).length === 0,
  padLeft: (value, width, fill = ' ') => String(value).padStart(width, fill),
  concat: (...parts) => (Array.isArray(parts[0]) ? parts.flat() : parts.join('')),
  union: (...parts) => Object.assign({}, ...parts),
  range: (start, count) => Array.from({ length: count }, (_, i) => start + i),
  min: (...values) => Math.min(...values.flat()),
  max: (...values) => Math.max(...values.flat()),
  toLower: (value) => value.toLowerCase(),
  json: (value) => JSON.parse(value),
};

const operators = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => Math.trunc(a / b),
  '%': (a, b) => a % b,
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
  '&&': (a, b) => a && b,
  '||': (a, b) => a || b,
  '??': (a, b) => a ?? b,
};

/** What a file sees: its parameters as given, its own variables and functions, and those that it imports. */
export function scopeOf(project, path, given = {}) {
  const file = project.bicep(path);
  const scope = { values: new Map(Object.entries(given)), functions: new Map(), outer: null };
  for (const { names, path: from } of file.imports) {
    const imported = scopeOf(project, project.resolve(path, from));
    for (const name of names) {
      if (imported.functions.has(name)) scope.functions.set(name, imported.functions.get(name));
      if (imported.values.has(name)) scope.values.set(name, imported.values.get(name));
    }
  }
  for (const [name, declared] of file.functions) {
    scope.functions.set(name, (...values) => evaluate(declared.value, {
      values: new Map(declared.parameters.map((parameter, i) => [parameter, values[i]])), functions: scope.functions,
    }));
  }
  for (const [name, declared] of file.variables) {
    try {
      scope.values.set(name, evaluate(declared.value, scope));
    } catch (error) {
      if (!(error instanceof Unknown)) throw error; // rests on what only a deployment knows
    }
  }
  return scope;
}

/** Something that only a deployment knows. */
export class Unknown extends Error {}

export function evaluate(node, scope) {
  const inner = node.namedChildren.filter((child) => child.type !== 'comment');
  switch (node.type) {
    case 'number': return Number(node.text);
    case 'boolean': return node.text === 'true';
    case 'null': return null;
    case 'string': return literal(node) ?? node.namedChildren.map((part) => (part.type === 'interpolation' ? evaluate(part.namedChild(0), scope) : part.text)).join('');
    case 'parenthesized_expression': return evaluate(inner[0], scope);
    case 'array': return inner.map((item) => evaluate(item, scope));
    case 'object': return Object.fromEntries([...properties(node)].map(([name, value]) => [name, evaluate(value, scope)]));
    case 'ternary_expression': return evaluate(inner[0], scope) ? evaluate(inner[1], scope) : evaluate(inner[2], scope);
    case 'unary_expression': return node.text.startsWith('!') ? !evaluate(inner[0], scope) : -evaluate(inner[0], scope);
    case 'binary_expression': {
      const operator = node.children.find((child) => child.type in operators)?.type;
      if (!operator) throw new Unknown(node.text);
      return operators[operator](evaluate(inner[0], scope), evaluate(inner[1], scope));
    }
    case 'identifier': {
      if (scope.values.has(node.text)) return scope.values.get(node.text);
      if (node.text === 'true' || node.text === 'false') return node.text === 'true';
      throw new Unknown(node.text);
    }
    case 'member_expression': {
      const object = evaluate(inner[0], scope);
      const name = inner[1].text;
      if (object === null || typeof object !== 'object' || !(name in object)) throw new Unknown(node.text);
      return object[name];
    }
    case 'call_expression': {
      const name = inner[0].text;
      const call = scope.functions.get(name) ?? builtIn[name];
      if (!call) throw new Unknown(name);
      return call(...inner[1].namedChildren.map((argument) => evaluate(argument, scope)));
    }
    default: throw new Unknown(`${node.type}: ${node.text}`);
  }
}
