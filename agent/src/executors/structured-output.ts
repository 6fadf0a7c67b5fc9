import { isTooDeep } from '../json-depth.ts';

/**
 * A job's structured result out of its standard output: the whole text when it is JSON, else the
 * last line when that is a JSON object or array (programs print progress before their result).
 * @returns null when there is none.
 */
export function parseStructuredOutput(stdout: string): unknown {
  const text = stdout.trim();
  if (text === '') return null;
  const whole = parseJson(text);
  if (whole !== undefined) return whole;
  const lastLine = text.slice(text.lastIndexOf('\n') + 1).trim();
  if (!lastLine.startsWith('{') && !lastLine.startsWith('[')) return null;
  return parseJson(lastLine) ?? null;
}

/** @returns undefined when the text is not JSON, or nests deeper than anybody could store. */
export function parseJson(text: string): unknown {
  try {
    const value = JSON.parse(text) as unknown;
    return isTooDeep(value) ? undefined : value;
  } catch {
    return undefined;
  }
}
