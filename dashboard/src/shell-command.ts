/** Quotes one argument for a POSIX shell. */
export function shellQuote(text: string): string {
  return /^[A-Za-z0-9_./:=@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

export interface CurlRequest {
  method?: 'GET' | 'POST' | 'PUT';
  url: string;
  body?: unknown;
}

/** The curl line of a request. The key is a shell variable: it is never shown or copied. */
export function curlLine({ method = 'GET', url, body }: CurlRequest): string {
  const parts = ['curl'];
  if (method !== 'GET') parts.push('-X', method);
  parts.push('-H "Authorization: Bearer $NODE3_API_KEY"');
  if (body !== undefined) {
    parts.push("-H 'Content-Type: application/json'", '-d', shellQuote(JSON.stringify(body)));
  }
  parts.push(shellQuote(url));
  return parts.join(' ');
}

export class CommandSyntaxError extends Error {
  override readonly name = 'CommandSyntaxError';
}

/**
 * Splits a command line into arguments as a POSIX shell would: quotes and backslashes, but no
 * variables, globs or pipes, because no shell will run. Throws CommandSyntaxError on an open quote.
 */
export function splitCommand(line: string): string[] {
  const parts: string[] = [];
  let current: string | null = null;
  let quote: '"' | "'" | null = null;
  let escaped = false;
  for (const char of line) {
    if (escaped) {
      const literal = quote === '"' && !'"\\$`'.includes(char);
      current = (current ?? '') + (literal ? `\\${char}` : char);
      escaped = false;
    } else if (char === '\\' && quote !== "'") {
      escaped = true;
    } else if (quote !== null) {
      if (char === quote) quote = null;
      else current = (current ?? '') + char;
    } else if (char === '"' || char === "'") {
      quote = char;
      current ??= '';
    } else if (/\s/.test(char)) {
      if (current !== null) parts.push(current);
      current = null;
    } else {
      current = (current ?? '') + char;
    }
  }
  if (quote !== null || escaped) throw new CommandSyntaxError('a quote or a backslash is open');
  if (current !== null) parts.push(current);
  return parts;
}
