import { dirname, join } from 'node:path';
import { defaultImages, pricingDefaults } from '@node3/marketplace/config';
import { type Core, openCore } from '@node3/marketplace/core';
import { loadKeyring } from '@node3/marketplace/secret-keys-file';
import { acceptExecution } from '@node3/marketplace/services/accept-execution';
import { creditDeposit } from '@node3/marketplace/services/claim-deposit';
import { claimJob } from '@node3/marketplace/services/claim-job';
import { DiskRoom } from '@node3/marketplace/services/disk-room';
import { composePosting, storePosting } from '@node3/marketplace/services/post-job';
import { reportResult } from '@node3/marketplace/services/report-result';
import { openSqliteStore } from '@node3/marketplace/store/sqlite/sqlite-store';
import { newAgentRow, newKeyRow } from '@node3/marketplace/store/testing/agent-rows';
import { systemClock } from '@node3/shared/clock';
import { systemIds } from '@node3/shared/ids';
import type { JobSpecInput } from '@node3/shared/job-spec';
import { silentLogger } from '@node3/shared/logger';
import { baseUnits } from '@node3/shared/money';
import { machine, success } from './agent-load.ts';
import { jobBody } from './market-load.ts';

/** How many jobs go into one commit: filling is not what is measured. */
const jobsPerStep = 250;
const funds = baseUnits(10n ** 16n);
const feeBasisPoints = pricingDefaults.feeBasisPoints;

export interface FillOptions {
  databasePath: string;
  jobs: number;
  /** `ended`: taken, run and paid for; `open`: waiting in the queue. */
  state: 'ended' | 'open';
}

/**
 * Gives a marketplace that does not run a past: jobs with their money, events and payouts, made by
 * the service's own code in this process, without HTTP.
 */
export async function fillMarket({ databasePath, jobs, state }: FillOptions): Promise<void> {
  const store = openSqliteStore({
    path: databasePath,
    log: silentLogger,
    onFatal(error) {
      throw error;
    },
  });
  try {
    const core = await openCore({
      store,
      clock: systemClock,
      ids: systemIds,
      log: silentLogger,
      simulated: 'allowed',
      ownWallets: new Set(),
      leaseSecret: 'of-nobody-who-is-still-running',
      keyring: await loadKeyring(join(dirname(databasePath), 'secret-keys'), 'create'),
      room: new DiskRoom({ disks: [], reserveBytes: 0, log: silentLogger }),
      feeBasisPoints,
      holdbackMs: 86_400_000,
      bus: null,
      wakePayouts: () => undefined,
      wakeSchedules: () => undefined,
    });
    const credited = [{ asset: 'SOL' as const, amount: funds }];
    await creditDeposit(core, core.operatorAccountId, systemIds.secret(16), credited);
    const agentId = await registerFiller(core);
    for (let made = 0; made < jobs; made += jobsPerStep) {
      const count = Math.min(jobsPerStep, jobs - made);
      await Promise.all(Array.from({ length: count }, () => post(core)));
      if (state === 'ended')
        await Promise.all(Array.from({ length: count }, () => run(core, agentId)));
    }
  } finally {
    await store.close();
  }
}

async function registerFiller({ store }: Core): Promise<string> {
  const agentId = systemIds.next('agent');
  const nowMs = systemClock.nowMs();
  const key = newKeyRow(systemIds.next('apiKey'), 'none', { kind: 'agent', agentId }, nowMs);
  await store.registerAgent({
    agent: newAgentRow(agentId, `filler-${agentId}`, nowMs),
    key,
    token: null,
    events: [],
  });
  return agentId;
}

async function post(core: Core): Promise<void> {
  const spec = JSON.parse(jobBody({ sentAtMs: 0, padding: 'x'.repeat(300) })) as JobSpecInput;
  const { codeBytesMax, operatorCaps } = pricingDefaults;
  const deps = { ...core, codeBytesMax, defaultImages, operatorCaps };
  const input = { accountId: core.operatorAccountId, keyId: null, spec, idempotencyKey: null };
  const posting = composePosting(deps, input, { quote: null, idempotency: null });
  await storePosting(core, { ...posting, openJobsMax: Number.MAX_SAFE_INTEGER });
}

async function run(core: Core, agentId: string): Promise<void> {
  const agent = { agentId, name: 'filler' };
  const capacity = {
    agentId,
    wallet: agentId,
    offer: machine,
    reservedFor: null,
    freeDeviceIds: [],
    freeCpus: machine.cpus,
    freeMemoryBytes: machine.memoryBytes,
    freeSlots: machine.slots,
  };
  const offer = await claimJob(core, agent, capacity, systemIds.secret(18));
  if (offer === null) throw new Error('a job that was just posted is open');
  const { executionId, attempt, leaseToken } = offer;
  const fence = { executionId, attempt, leaseHash: core.leases.hash(leaseToken) };
  await Promise.all([
    acceptExecution(core, fence, agentId),
    reportResult(core, fence, agentId, success),
  ]);
}
