import { uptime } from 'node:os';
import { limits } from '@node3/shared/limits';
import { silentLogger } from '@node3/shared/logger';
import { LeaseKeeper, startKeeperProcess } from '../lease-keeper.ts';

/** An agent as its keeper sees it: renews the lease of one container for as long as it runs. */
const [file = '', path = '', name = ''] = process.argv.slice(2);
const keptMs = 2_000;
const keeper = new LeaseKeeper({
  file,
  log: silentLogger,
  environment: {},
  start: (...about) => {
    const keeping = startKeeperProcess(...about);
    process.stdout.write('kept\n');
    return keeping;
  },
  running: () => [
    {
      handle: { engine: { kind: 'socket', path }, name },
      leaseUntilBootMs: uptime() * 1_000 + keptMs - limits.leaseGraceMs + limits.leaseSelfStopMs,
    },
  ],
});
setInterval(() => keeper.changed(), 100);
