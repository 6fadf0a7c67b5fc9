import { systemClock } from '@node3/shared/clock';
import { createLogger } from '@node3/shared/logger';
import { readLocalnetEnv } from './env.ts';
import { startLocalnet } from './localnet.ts';

const { logLevel, ...settings } = readLocalnetEnv(process.env);
const log = createLogger({ name: 'localnet', level: logLevel });
const localnet = await startLocalnet({ ...settings, log, clock: systemClock });

let stopping = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (stopping) return;
    stopping = true;
    log.info({ signal }, 'localnet stopping');
    localnet.stop().catch((error: unknown) => {
      log.error({ err: error }, 'localnet did not stop cleanly');
      process.exitCode = 1;
    });
  });
}
