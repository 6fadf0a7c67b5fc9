import { ConfigError, type Env, readOptionalText } from './env.ts';

const tokenLengthMin = 16;

/** METRICS_TOKEN: what whoever scrapes from elsewhere has to show; null where none is set. */
export function readScrapeToken(env: Env): string | null {
  const token = readOptionalText(env, 'METRICS_TOKEN');
  if (token === null || token.length >= tokenLengthMin) return token;
  const fix = 'Set at least 16 random characters, such as the output of: openssl rand -base64 32';
  throw new ConfigError('METRICS_TOKEN', 'is too easy to guess', fix);
}
