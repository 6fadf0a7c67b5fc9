import type { Host } from '../host.ts';
import { choose } from '../parse/choose.ts';

/** How data is written. `table` fits the terminal and shortens, `wide` does neither. */
export const outputFormats = ['table', 'wide', 'tsv', 'json', 'jsonl', 'yaml', 'id'] as const;
export type OutputFormat = (typeof outputFormats)[number];

export interface FormatOptions {
  json?: boolean;
  format?: string;
}

/**
 * The flag, then NODE3_OUTPUT, then what is configured, then a table for a terminal and tab-separated
 * values for a pipe.
 */
export function chooseFormat(
  host: Host,
  options: FormatOptions,
  configured: string | null = null,
): OutputFormat {
  const fallback = host.stdout.isTty ? 'table' : 'tsv';
  if (options.format !== undefined) return readFormat('--format', options.format);
  if (options.json === true) return 'json';
  const wanted = host.env['NODE3_OUTPUT']?.trim() ?? '';
  if (wanted !== '') return readFormat('NODE3_OUTPUT', wanted);
  return configured === null ? fallback : readFormat('format', configured);
}

/** `text` is what a seed calls a table. */
function readFormat(source: string, text: string): OutputFormat {
  return text === 'text' ? 'table' : choose(source, text, outputFormats);
}
