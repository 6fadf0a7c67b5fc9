import type { Clock } from '@node3/shared/clock';
import type { Ids } from '@node3/shared/ids';
import type { DefaultImages } from '@node3/shared/job-spec';
import type { Logger } from '@node3/shared/logger';
import type { Loop } from '@node3/shared/loop';
import type { Asset } from '@node3/shared/money';
import type { Health } from '@node3/shared/routes/health';
import type { WalletKey } from '@node3/shared/wallet-key';
import type { FastifyInstance } from 'fastify';
import type { Caps } from './domain/spending-caps.ts';
import { createAuthenticator } from './http/auth.ts';
import { createServer } from './http/server.ts';
import { LiveFeed } from './live/live-feed.ts';
import type { DepositSource } from './payments/deposit-source.ts';
import type { PayoutSwitch } from './payments/payout-switch.ts';
import type { Treasury } from './payments/treasury-port.ts';
import type { X402 } from './payments/x402-port.ts';
import { CancelNotices } from './services/cancel-notices.ts';
import { createJobTokens } from './services/job-token.ts';
import { createLeaseTokens } from './services/lease-token.ts';
import { Matchmaker } from './services/matchmaker.ts';
import type { PayoutOperation } from './services/operate-payouts.ts';
import { openOperatorAccount } from './services/operator-account.ts';
import { assertWalletsApart, type OwnWallets } from './services/own-wallets.ts';
import { PollTurns } from './services/poll-turns.ts';
import { Presence } from './services/presence.ts';
import { readHealth } from './services/read-health.ts';
import { extendLeasesAfterDowntime } from './services/restart-amnesty.ts';
import { StartWaits } from './services/start-waits.ts';
import type { Store } from './store/store.ts';
import { startDeadlineSweeper } from './workers/deadline-sweeper.ts';
import { startDepositWatcher } from './workers/deposit-watcher.ts';
import type { LedgerAuditor } from './workers/ledger-auditor.ts';
import { startPresenceWriter } from './workers/presence-writer.ts';

/** The payout engine as the rest of the service sees it. */
export interface Payouts extends PayoutOperation {
  health(): Health['checks']['payouts'];
}

export interface ServiceParts {
  store: Store;
  treasury: Treasury;
  deposits: DepositSource;
  ownWallets: OwnWallets;
  payouts: Payouts;
  payoutSwitch: PayoutSwitch;
  /** null: requests can't be paid with themselves. */
  x402: X402 | null;
  auditor: LedgerAuditor;
  clock: Clock;
  ids: Ids;
  log: Logger;
  cluster: NonNullable<Health['cluster']>;
  explorerUrl: (signature: string) => string | null;
  leaseSecret: string;
  /** Signs receipts and nothing else. */
  receiptKey: WalletKey;
  adminApiKey: string;
  feeBasisPoints: number;
  /** Caps that hold for every account. */
  operatorCaps: Record<Asset, Caps>;
  /** How long a quote stands. */
  quoteMs: number;
  /** Time for disputes between acceptance and payout. */
  holdbackMs: number;
  defaultImages: DefaultImages;
  dashboardDir: string | null;
  publicUrl: string | null;
  version: string;
}

export interface Service {
  /** Starts to serve; port 0 takes any. @returns the URL. */
  listen(host: string, port: number): Promise<string>;
  /** Ends polls and streams, finishes requests, stops the workers. The store stays open. */
  stop(): Promise<void>;
}

/** A deposit shows within a second of its finality on localnet; public endpoints count our calls. */
const depositPollMs = { localnet: 250, elsewhere: 5_000 };
/** How many events are read at start for what they say about waiting times. */
const startsLooked = 2_000;

/** How many queued jobs are read at a time when the index is filled: specs can be large. */
const indexPage = 200;

/** The marketplace around a store and a chain, whichever they are. */
export async function createService(parts: ServiceParts): Promise<Service> {
  const { store, clock, ids, log, payouts, auditor, cluster } = parts;
  const stopping = new AbortController();
  const simulated = cluster === 'localnet' ? ('allowed' as const) : ('refused' as const);
  const matchmaker = new Matchmaker(clock, simulated);
  const presence = new Presence(clock);
  const lastSeq = await store.lastEventSeq();
  const feed = new LiveFeed(lastSeq);
  const operatorAccountId = await openOperatorAccount({ store, clock, ids });
  const startWaits = new StartWaits();
  startWaits.note(await store.eventsAfter(Math.max(0, lastSeq - startsLooked), startsLooked));
  store.onEvents((events) => {
    startWaits.note(events);
    feed.publish(events);
  });
  await assertWalletsApart(store, parts.ownWallets);
  presence.restore(await store.agents());
  const unsupervised = await extendLeasesAfterDowntime({ store, clock, log });
  await fillIndex(store, matchmaker);
  const startedAtMs = clock.nowMs();
  const jobTokens = createJobTokens(parts.leaseSecret);
  const changeDeps = {
    store,
    clock,
    ids,
    matchmaker,
    cancels: new CancelNotices(),
    log,
    feeBasisPoints: parts.feeBasisPoints,
    holdbackMs: parts.holdbackMs,
    unsupervised,
    wakePayouts: () => payouts.wake(),
  };
  const depositDeps = {
    ...changeDeps,
    operatorAccountId,
    deposits: parts.deposits,
  };
  const app = await createServer(
    {
      ...depositDeps,
      presence,
      startWaits,
      receiptKey: parts.receiptKey,
      quoteMs: parts.quoteMs,
      operatorCaps: parts.operatorCaps,
      feed,
      simulated,
      cluster,
      pollTurns: new PollTurns(),
      auth: createAuthenticator({
        store,
        adminApiKey: parts.adminApiKey,
        operatorAccountId,
        jobTokens,
      }),
      leases: createLeaseTokens(parts.leaseSecret),
      jobTokens,
      x402: parts.x402,
      treasury: parts.treasury,
      ownWallets: parts.ownWallets,
      payouts,
      ledger: auditor,
      payoutSwitch: parts.payoutSwitch,
      defaultImages: parts.defaultImages,
      version: parts.version,
      publicUrl: parts.publicUrl,
      stopping: stopping.signal,
      explorerUrl: parts.explorerUrl,
      readHealth: () =>
        readHealth({
          store,
          clock,
          cluster,
          startedAtMs,
          treasury: parts.treasury,
          version: parts.version,

          ledgerCheck: () => auditor.health(),
          payoutCheck: () => payouts.health(),
        }),
    },
    { dashboardDir: parts.dashboardDir },
  );
  let loops: Loop[] = [];
  return {
    async listen(host, port) {
      const url = await app.listen({ host, port });
      loops = [
        startDeadlineSweeper(changeDeps),
        startPresenceWriter({ store, presence, log }),
        auditor.start(),
        startDepositWatcher({
          ...depositDeps,
          intervalMs: cluster === 'localnet' ? depositPollMs.localnet : depositPollMs.elsewhere,
        }),
      ];
      return url;
    },
    async stop() {
      stopping.abort();
      matchmaker.stop();
      await Promise.all(loops.map((loop) => loop.stop()));
      await closeServer(app);
      const contacts = presence.takeUnsaved();
      if (contacts.length > 0) await store.recordAgentContacts(contacts);
    },
  };
}

/** Answers under way get this long; a reader that takes nothing must not keep us from stopping. */
const answerGraceMs = 3_000;
const idleCheckMs = 25;

/** Connections are kept by their clients: each is closed once its last answer is out. */
async function closeServer(app: FastifyInstance): Promise<void> {
  const idle = setInterval(() => app.server.closeIdleConnections(), idleCheckMs);
  const late = setTimeout(() => app.server.closeAllConnections(), answerGraceMs);
  try {
    await app.close();
  } finally {
    clearInterval(idle);
    clearTimeout(late);
  }
}

async function fillIndex(store: Store, matchmaker: Matchmaker): Promise<void> {
  let afterJobId: string | null = null;
  for (;;) {
    const jobs = await store.queuedJobs(afterJobId, indexPage);
    for (const job of jobs) matchmaker.addJob(job);
    const last = jobs.at(-1);
    if (last === undefined || jobs.length < indexPage) return;
    afterJobId = last.jobId;
  }
}
