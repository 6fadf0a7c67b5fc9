import { idsOf, rowsOf } from './fields.ts';
import type { OutputFormat } from './format.ts';
import { sanitiseText } from './sanitise.ts';

/** A whole answer in a format for programs, without the last line break. */
export async function formatValue(
  format: OutputFormat,
  value: unknown,
  indent: number,
): Promise<string> {
  if (format === 'yaml') return yamlText(value);
  if (format === 'id') return idsOf(value).join('\n');
  if (format !== 'jsonl') return jsonText(value, indent);
  return rowsOf(value)
    .map((row) => jsonText(row, 0))
    .join('\n');
}

/** One value of a stream. */
export async function formatStreamed(format: OutputFormat, value: unknown): Promise<string> {
  return format === 'yaml' ? `---\n${await yamlText(value)}` : jsonText(value, 0);
}

/** JSON leaves the second block of control characters as it is, which terminals obey as well. */
function jsonText(value: unknown, indent: number): string {
  const escape = (char: string) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(value, null, indent).replace(/[\u007f-\u009f]/g, escape);
}

async function yamlText(value: unknown): Promise<string> {
  const { stringify } = await import('yaml');
  return sanitiseText(stringify(value, { aliasDuplicateObjects: false }).trimEnd());
}
