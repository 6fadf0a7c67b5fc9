/** JSON values as YAML 1.2 in block style. What could be read as something else is quoted. */
export function yamlText(value: unknown): string {
  return `${blockOf(value, 0)}\n`;
}

function isList(value: unknown): value is unknown[] {
  return Array.isArray(value) && value.length > 0;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.keys(value).length > 0
  );
}

function blockOf(value: unknown, depth: number): string {
  const pad = '  '.repeat(depth);
  if (isList(value)) {
    return value.map((entry) => `${pad}- ${blockOf(entry, depth + 1).trimStart()}`).join('\n');
  }
  if (isMap(value)) {
    return Object.entries(value)
      .filter(([, field]) => field !== undefined)
      .map(([name, field]) => `${pad}${scalarOf(name)}:${fieldOf(field, depth)}`)
      .join('\n');
  }
  return `${pad}${scalarOf(value)}`;
}

function fieldOf(value: unknown, depth: number): string {
  if (isList(value) || isMap(value)) return `\n${blockOf(value, depth + 1)}`;
  if (typeof value === 'string' && isLiteral(value)) return literalOf(value, depth + 1);
  return ` ${scalarOf(value)}`;
}

/** Several lines that a literal block keeps as they are. */
function isLiteral(text: string): boolean {
  return /\n/.test(text) && !/^[ \n]|[^\n -~\u00a0-\ud7ff\ue000-\ufffc]/.test(text);
}

function literalOf(text: string, depth: number): string {
  const ends = text.length - text.replace(/\n+$/, '').length;
  const mark = ends === 0 ? '-' : ends === 1 ? '' : '+';
  const pad = '  '.repeat(depth);
  const lines = (ends === 0 ? text : text.slice(0, -1)).split('\n');
  return ` |${mark}\n${lines.map((line) => (line === '' ? '' : pad + line)).join('\n')}`;
}

const plain = /^[A-Za-z_][A-Za-z0-9_./-]*$/;
const words = /^(true|false|null|yes|no|on|off|y|n)$/i;

function scalarOf(value: unknown): string {
  if (typeof value !== 'string') return JSON.stringify(value) ?? 'null';
  return plain.test(value) && !words.test(value) ? value : JSON.stringify(value);
}
