import { type Env, readInteger, readOptionalText } from '@node3/shared/env';
import { readLogLevel } from '@node3/shared/read-log-level';
import { slotMsMax, slotMsMin } from './limits.ts';

/** Settings of `node localnet/src/main.ts`. Throws ConfigError that names the variable. */
export function readLocalnetEnv(env: Env) {
  return {
    httpPort: readInteger(env, 'LOCALNET_PORT', { fallback: 8899, min: 0, max: 65_534 }),
    slotMs: readInteger(env, 'LOCALNET_SLOT_MS', { fallback: 250, min: slotMsMin, max: slotMsMax }),
    dataDir: readOptionalText(env, 'LOCALNET_DATA_DIR'),
    logLevel: readLogLevel(env, 'info'),
  };
}
