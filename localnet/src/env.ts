import { type Env, readChoice, readInteger, readOptionalText } from '@node3/shared/env';
import { logLevels } from '@node3/shared/logger';
import { slotMsMax, slotMsMin } from './limits.ts';

/** Settings of `node localnet/src/main.ts`. Throws ConfigError that names the variable. */
export function readLocalnetEnv(env: Env) {
  return {
    httpPort: readInteger(env, 'LOCALNET_PORT', { fallback: 8899, min: 0, max: 65_534 }),
    slotMs: readInteger(env, 'LOCALNET_SLOT_MS', { fallback: 250, min: slotMsMin, max: slotMsMax }),
    dataDir: readOptionalText(env, 'LOCALNET_DATA_DIR'),
    logLevel: readChoice(env, 'LOG_LEVEL', logLevels, 'info'),
  };
}
