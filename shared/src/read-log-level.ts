import { ConfigError, type Env, readOptionalText } from './env.ts';
import { type LogLevel, logLevels } from './logger.ts';

/** Names of other systems' loggers, such as the seed's. */
const aliases: Record<string, LogLevel> = { warning: 'warn', critical: 'fatal', success: 'info' };

/** LOG_LEVEL in any case: `INFO` and `WARNING` are what the seed writes. */
export function readLogLevel(env: Env, fallback: LogLevel): LogLevel {
  const value = readOptionalText(env, 'LOG_LEVEL');
  if (value === null) return fallback;
  const word = value.toLowerCase();
  const level = logLevels.find((one) => one === word) ?? aliases[word];
  if (level !== undefined) return level;
  throw new ConfigError('LOG_LEVEL', `is "${value}"`, `Set one of: ${logLevels.join(', ')}.`);
}
