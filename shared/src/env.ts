/**
 * Typed readers for environment variables. Each names the variable, what is wrong and how to fix it.
 * Only a service's `env.ts` calls them, with the `process.env` its `main.ts` passes in.
 */
export type Env = Readonly<Record<string, string | undefined>>;

/** A setting that can't be used: the process must not start. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly variable: string;
  constructor(variable: string, problem: string, fix: string) {
    super(`${variable} ${problem}. ${fix}`);
    this.variable = variable;
  }
}

export function readText(env: Env, name: string, fallback: string): string {
  const value = env[name]?.trim();
  return value === undefined || value === '' ? fallback : value;
}

export function readOptionalText(env: Env, name: string): string | null {
  const value = env[name]?.trim();
  return value === undefined || value === '' ? null : value;
}

export interface IntegerRange {
  fallback: number;
  min: number;
  max: number;
}

export function readInteger(env: Env, name: string, range: IntegerRange): number {
  const value = env[name]?.trim();
  if (value === undefined || value === '') return range.fallback;
  const number = Number(value);
  if (!Number.isSafeInteger(number) || number < range.min || number > range.max) {
    const fix = `Set a whole number from ${range.min} to ${range.max}.`;
    throw new ConfigError(name, `is "${value}", which is not a usable number`, fix);
  }
  return number;
}

export function readFlag(env: Env, name: string, fallback: 'on' | 'off'): boolean {
  const value = env[name]?.trim().toLowerCase();
  if (value === undefined || value === '') return fallback === 'on';
  if (['1', 'true', 'yes', 'on'].includes(value)) return true;
  if (['0', 'false', 'no', 'off'].includes(value)) return false;
  throw new ConfigError(name, `is "${value}"`, 'Set true or false.');
}

export function readChoice<const T extends string>(
  env: Env,
  name: string,
  choices: readonly T[],
  fallback: T,
): T {
  const value = env[name]?.trim();
  if (value === undefined || value === '') return fallback;
  const found = choices.find((choice) => choice === value);
  if (found === undefined) {
    throw new ConfigError(name, `is "${value}"`, `Set one of: ${choices.join(', ')}.`);
  }
  return found;
}

export function readUrl(env: Env, name: string, fallback: string): string {
  const value = readText(env, name, fallback);
  const url = URL.canParse(value) ? new URL(value) : null;
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    throw new ConfigError(name, `is "${value}", which is not an http(s) URL`, 'Set a full URL.');
  }
  return value.replace(/\/+$/, '');
}
