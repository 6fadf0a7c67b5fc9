/** A JSON value as a literal of Python, indented. */
export function pythonLiteral(value: unknown, depth = 0): string {
  if (value === null || value === undefined) return 'None';
  if (value === true) return 'True';
  if (value === false) return 'False';
  if (typeof value === 'string') return pythonString(value);
  if (typeof value !== 'object') return JSON.stringify(value);
  const pad = '    '.repeat(depth + 1);
  const end = '    '.repeat(depth);
  const isList = Array.isArray(value);
  const parts = isList
    ? value.map((entry) => pad + pythonLiteral(entry, depth + 1))
    : Object.entries(value)
        .filter(([, field]) => field !== undefined)
        .map(([name, field]) => `${pad}${pythonString(name)}: ${pythonLiteral(field, depth + 1)}`);
  const [open, close] = isList ? ['[', ']'] : ['{', '}'];
  return parts.length === 0 ? open + close : `${open}\n${parts.join(',\n')},\n${end}${close}`;
}

/** JSON's escapes are Python's, but for surrogates, which stay as they are. */
function pythonString(text: string): string {
  return JSON.stringify(text);
}
