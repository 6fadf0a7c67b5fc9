import { limits } from '@node3/shared/limits';
import { silentLogger } from '@node3/shared/logger';
import { baseUnits } from '@node3/shared/money';
import type Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { suspenseRefunding, userWithdrawing } from '../../domain/ledger-accounts.ts';
import {
  cancellationTransfer,
  refundTransfer,
  withdrawalEvent,
  withdrawalTransfer,
} from '../../domain/withdrawal-postings.ts';
import { createSqlStore } from '../sql/sql-store.ts';
import type { Store } from '../store.ts';
import { liveThroughAgents } from '../testing/agents.ts';
import { liveThroughAlerts } from '../testing/alerts.ts';
import { liveThroughArtifacts } from '../testing/artifacts.ts';
import { liveThroughAudit } from '../testing/audit.ts';
import { liveThroughCaps } from '../testing/caps.ts';
import { cancel, requeue } from '../testing/decisions.ts';
import { settleAll, waitingPosting } from '../testing/dependencies.ts';
import { liveThroughExecutionUsage } from '../testing/execution-usage.ts';
import { liveThroughFlows } from '../testing/flows.ts';
import { liveThroughGpuProofs } from '../testing/gpu-proofs.ts';
import { liveThroughLabels } from '../testing/job-labels.ts';
import { liveThroughOperatorReads } from '../testing/operator-reads.ts';
import { liveThroughPayouts } from '../testing/payout-queue.ts';
import { liveThroughPrices } from '../testing/prices.ts';
import { liveThroughProviders } from '../testing/providers.ts';
import { liveThroughQuotes } from '../testing/quotes.ts';
import { liveThroughReplicas } from '../testing/replicas.ts';
import { liveThroughReservations } from '../testing/reservations.ts';
import { liveThroughSchedules } from '../testing/schedules.ts';
import { liveThroughSessions } from '../testing/sessions.ts';
import { liveThroughSharing } from '../testing/sharing.ts';
import { liveThroughStatements } from '../testing/statements.ts';
import { liveThroughTemplates } from '../testing/templates.ts';
import { liveThroughUsage } from '../testing/usage.ts';
import { liveThroughWebhooks } from '../testing/webhooks.ts';
import { fenceOf, World } from '../testing/world.ts';
import { liveThroughX402 } from '../testing/x402.ts';
import { SqliteDatabase } from './sqlite-database.ts';

describe('the schema', () => {
  let sqlite: SqliteDatabase;
  let world: World;

  beforeEach(async () => {
    const onFatal = (error: unknown) => {
      throw error;
    };
    sqlite = new SqliteDatabase({ path: ':memory:', log: silentLogger, onFatal });
    world = new World(createSqlStore(sqlite));
    await liveThroughEverything(world);
  });
  afterEach(() => sqlite.close());

  it.each([
    ['UPDATE transfers SET amount = amount + 1', 'transfers never change'],
    ['DELETE FROM transfers', 'transfers are never deleted'],
    [
      `INSERT INTO transfers SELECT 2, 'new', debit, credit, asset, 1, kind, ref, at_ms, hash, account_id
      FROM transfers WHERE entry = 1`,
      'transfers are appended only',
    ],
    [`INSERT OR REPLACE INTO transfers SELECT * FROM transfers`, 'transfers are appended only'],
  ])('[P57] refuses %s', async (sql, why) => {
    await expect(sqlite.writeRaw((db) => void db.exec(sql))).rejects.toThrow(why);
  });

  it.each([
    ['UPDATE audit_log SET at_ms = 0', 'audit entries never change'],
    ['DELETE FROM audit_log WHERE entry > 3', 'behind a checkpoint only'],
    ['DELETE FROM audit_head', 'head of the audit log stays'],
    ['UPDATE audit_head SET entry = entry - 1', 'goes forward only'],
    ['UPDATE audit_checkpoints SET entry = 0', 'checkpoints never change'],
    ['DELETE FROM audit_checkpoints', 'checkpoints are never deleted'],
    ['UPDATE events SET at_ms = 0', 'events never change'],
    ['DELETE FROM events', 'events are never deleted'],
    ["UPDATE jobs SET state = 'queued' WHERE state = 'succeeded'", 'over never changes'],
    ["UPDATE jobs SET exit_code = 1 WHERE state = 'cancelled'", 'over never changes'],
    ["UPDATE deposits SET account_id = NULL WHERE state = 'credited'", 'never changes'],
    ['DELETE FROM deposits', 'deposits are never deleted'],
    ["UPDATE quotes SET job_id = 'other' WHERE job_id IS NOT NULL", 'used once'],
    ["UPDATE template_versions SET spec = '{}'", 'a version never changes'],
    ['DELETE FROM jobs', 'jobs are never deleted'],
    ["UPDATE job_specs SET spec = '{}'", 'a spec never changes'],
    ["UPDATE executions SET result_hash = 'x' WHERE live = 0", 'over never changes'],
    ['DELETE FROM executions', 'executions are never deleted'],
    ['UPDATE ratings SET stars = 5', 'a rating never changes'],
    ['DELETE FROM ratings', 'ratings are never deleted'],
    ['UPDATE registration_tokens SET used_at_ms = NULL', 'used or revoked never changes'],
    ['UPDATE balances SET debits = debits + 1000000000, credits = credits', 'CHECK constraint'],
    ["UPDATE jobs SET state = 'done'", 'CHECK constraint'],
    ["UPDATE jobs SET price = 'much'", 'cannot store TEXT'],
  ])('refuses %s', async (sql, why) => {
    await expect(sqlite.writeRaw((db) => void db.exec(sql))).rejects.toThrow(why);
  });

  it('allows one live execution per job and one use of a device', async () => {
    const execution = await world.lease(await world.openAccount(), await world.registerAgent());
    const copy = `INSERT INTO executions
      (execution_id, job_id, attempt, agent_id, agent_name, claim_id, lease_hash, lease_until_ms,
        state, devices, log_seq, leased_at_ms)
      SELECT 'exe_twin', job_id, 2, agent_id, agent_name, 'other', lease_hash, lease_until_ms,
        state, devices, log_seq, leased_at_ms FROM executions WHERE execution_id = ?`;
    await expect(
      sqlite.writeRaw((db) => db.prepare(copy).run(execution.executionId)),
    ).rejects.toThrow('UNIQUE constraint failed: executions.job_id');
    const inUse = sqlite.readRaw((db) =>
      db.prepare('SELECT count(*) FROM execution_devices').pluck().get(),
    );
    expect(inUse).toBe(1n);
  });

  it('[4.24] finds every hot row through an index', () => {
    const scans = sqlite.readRaw((db) =>
      sqlite
        .preparedTexts()
        .filter((sql) => !mayScan.some((part) => sql.includes(part)))
        .flatMap((sql) => planOf(db, sql).map((detail) => ({ detail, sql })))
        .filter(({ detail }) => isFullScan(detail)),
    );
    expect(scans).toEqual([]);
  });

  it('has no index that nothing uses, and uses the right ones', () => {
    const plans = sqlite.readRaw((db) => sqlite.preparedTexts().flatMap((sql) => planOf(db, sql)));
    const unused = sqlite
      .readRaw((db) => db.prepare(selectIndexes).pluck().all() as string[])
      .filter((name) => !plans.some((detail) => detail.split(' ').includes(name)));
    expect(unused).toEqual(rules);
    expect(plans).toContain(
      'SEARCH jobs USING COVERING INDEX jobs_by_finish (account_id=? AND finished_at_ms>? AND finished_at_ms<?)',
    );
    const listing = plans.filter((detail) => detail.includes('jobs_by_account'));
    expect(listing).toContain(
      'SEARCH jobs USING COVERING INDEX jobs_by_account (account_id=? AND state=? AND job_id>? AND job_id<?)',
    );
  });

  it('notices a missing index', () => {
    const [detail] = sqlite.readRaw((db) => planOf(db, 'SELECT * FROM jobs WHERE fault = ?'));
    expect(isFullScan(detail ?? '')).toBe(true);
  });

  it('names what an audit finds', async () => {
    expect(await world.store.verifyLedger()).toEqual({ balanced: true, problems: [] });
    await sqlite.writeRaw((db) => {
      db.exec("UPDATE balances SET credits = credits + 1 WHERE account = 'fee:revenue'");
      db.exec("UPDATE balance_totals SET credits = credits + 1 WHERE class = 'fee_revenue'");
    });
    expect(await world.store.verifyLedger()).toEqual({
      balanced: false,
      problems: [
        'The USDC total of fee_revenue differs from its transfers.',
        'All USDC balances add up to -1, not to 0.',
        'The USDC balance of fee:revenue differs from its transfers.',
      ],
    });
  });
});

/** Statements that are meant to read a whole small table, or the whole ledger in an audit. */
const mayScan = [
  'FROM agents ORDER BY',
  'count(*) AS count FROM accounts',
  'FROM job_counts',
  'FROM balance_totals',
  'FROM balances',
  'FROM transfers',
  'FROM jobs LEFT JOIN balances',
  // A few hundred at most, which are kept in memory.
  'FROM market_switches',
  'FROM account_suspensions',
  'SELECT * FROM providers',
  // In the order of its primary key, so that it stops at its limit.
  'FROM registration_tokens ORDER BY',
  'FROM payout_totals',
  'FROM payout_checkpoint',
  // Once, at the start.
  'FROM treasury_signatures WHERE purpose',
  // Looks for orphans among those that refer to it, which is skipped while there are none.
  'INSERT INTO payouts',
];

const selectIndexes = `
  SELECT name FROM sqlite_schema WHERE type = 'index' AND name NOT LIKE 'sqlite_%'
    AND tbl_name NOT LIKE 'payout%' ORDER BY name`;
/** These state a rule, or serve a trigger. */
const rules = ['accounts_operator', 'execution_devices_by_execution', 'executions_of_job_live'];

function planOf(db: Database.Database, sql: string): string[] {
  const named = new Map([...sql.matchAll(/@(\w+)/g)].map(([, name]) => [name ?? '', null]));
  const unnamed = [...sql.matchAll(/\?/g)].map(() => null);
  const explain = db.prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`);
  const rows =
    named.size > 0 ? explain.all(...unnamed, Object.fromEntries(named)) : explain.all(...unnamed);
  return rows.map(({ detail }) => detail);
}

/**
 * A scan of an index in order stops at its LIMIT or is partial, and `page` is what such a scan found; one
 * of a table reads everything.
 */
function isFullScan(detail: string): boolean {
  return (
    /^SCAN (?!json_each|CONSTANT|(?:page|names)$)/.test(detail) &&
    !/USING (COVERING )?INDEX/.test(detail)
  );
}

/** Uses each method of the store at least once, so that all its statements are prepared. */
async function liveThroughEverything(world: World): Promise<void> {
  const { store } = world;
  const accountId = await world.openAccount(1_000_000n);
  await store.openAccount({ accountId: 'acc_o', wallet: null, name: null, key: null, nowMs: 0 });
  const agentId = await world.registerAgent();
  const idempotency = { key: 'k', requestHash: 'h' };
  const { job } = await store.postJob({ ...world.posting(accountId), idempotency });
  const lost = await store.claimJob(world.claim(job.jobId, agentId, ['gpu-0']));
  if (lost !== null) await world.log(lost.execution, 1, ['line']);
  await store.changeJob(job.jobId, requeue(world.nowMs));
  const done = await world.lease(accountId, agentId);
  await world.start(done);
  await store.renewLeases(agentId, [fenceOf(done)], world.nowMs);
  await world.succeed(done);
  await world.succeed(done);
  const cancelled = await world.post(accountId);
  await store.changeJob(cancelled.jobId, cancel(world.nowMs));
  await store.claimJob(world.claim(job.jobId, agentId, ['gpu-0']));

  await store.extendLeases(1);
  await store.overdue(world.nowMs * 2, 10);
  await store.readLogs({ jobId: job.jobId, afterSeq: 0, limit: 10, stream: 'stdout' });
  for (const order of ['newest', 'oldest'] as const) {
    const asked = { names: ['job.ended'], sinceMs: null, executionId: null };
    await store.eventsOfJobs({ ...asked, jobIds: [job.jobId], order, cursorSeq: null, limit: 10 });
  }
  const page = { beforeJobId: null, limit: 10 };
  await store.listJobs({ ...page, accountId, states: null });
  await store.listJobs({ ...page, accountId, states: null, order: 'oldest' });
  const bounds = { beforeJobId: null, afterJobId: null };
  await store.countJobsOf({ ...bounds, accountId, states: null }, 10);
  const ended = { ...bounds, accountId, states: null, fromMs: 0, beforeMs: world.nowMs };
  await store.countEndedJobs(ended, 10);
  for (const order of ['newest', 'oldest'] as const) {
    await store.listEndedJobs({ ...ended, beyond: null, order, limit: 10 });
  }
  await store.listJobs({ ...page, accountId: null, states: ['queued'] });
  await store.listJobs({ ...page, accountId: null, states: null });
  await store.queuedJobs(null, 10);
  await store.executionsOfJob(job.jobId);
  await store.executionsOfJobs([job.jobId]);
  await store.jobsById([job.jobId]);
  await store.executionsById([done.executionId]);
  await store.executionByClaim(agentId, 'claim');
  await store.liveExecutions(agentId);
  await store.liveExecutions(null);
  await store.eventsOfJob(job.jobId, 10);
  await store.eventsAfter(0, 10);
  await store.lastEventSeq();
  await store.countJobs();
  await store.accountBalances(accountId);
  await store.accountsById([accountId]);
  await store.apiKey('key');
  await store.revokeApiKey('key', 1, []);
  const spells = [{ fromMs: 0, toMs: 86_400_001 }];
  const contact = { agentId, instanceId: 'i', offer: null, lastSeenAtMs: 1, spells };
  await store.recordAgentContacts([contact]);
  await store.agentPresence(agentId, 0);
  await liveThroughAgents(world);
  await store.saveChallenge({
    challengeId: 'c',
    wallet: 'w',
    purpose: 'account.create',
    message: 'm',
    expiresAtMs: limits.challengeMs,
  });
  await store.consumeChallenge('c', 0);
  await liveThroughSessions(world, accountId);
  await liveThroughArtifacts(world, agentId);
  await liveThroughCaps(world);
  await liveThroughUsage(world, accountId);
  await liveThroughLabels(world, accountId);
  await liveThroughStatements(world, accountId);
  await liveThroughPrices(world);
  await liveThroughOperatorReads(world, accountId);
  await liveThroughAlerts(world);
  await liveThroughAudit(world);
  await liveThroughWebhooks(world, accountId);
  await liveThroughDependencies(world, accountId, agentId);
  await liveThroughProviders(world);
  await liveThroughQuotes(world);
  await liveThroughReplicas(world, agentId);
  await liveThroughReservations(world);
  await liveThroughGpuProofs(world);
  await liveThroughSharing(world, job.jobId);
  await liveThroughTemplates(world);
  await liveThroughExecutionUsage(world);
  await liveThroughFlows(world);
  await liveThroughSchedules(world);
  await liveThroughX402(world);
  await liveThroughPayouts(world);
  await liveThroughDeposits(world, accountId);
  await store.ledgerTotals();
  await store.ledgerEntriesById(['hold:job']);
  await store.verifyLedger();
  await store.checkWritable();
}

async function liveThroughDependencies(world: World, accountId: string, agentId: string) {
  const { store, nowMs } = world;
  const needed = await world.post(accountId);
  const after = [{ jobId: needed.jobId, condition: 'ended' as const }];
  const waiting = waitingPosting(world, accountId, after);
  await store.postJob({ ...waiting, reuse: { cacheKey: 'key', finishedAfterMs: 0 } });
  await store.changeJob(needed.jobId, cancel(nowMs));
  await store.endedDependencies(1);
  await settleAll(world, needed.jobId);
  await store.dependenciesOf(waiting.job.jobId);
  const kept = world.posting(accountId);
  await store.postJob({ ...kept, job: { ...kept.job, cacheKey: 'key' } });
  const claimed = await store.claimJob(world.claim(kept.job.jobId, agentId));
  if (claimed === null) throw new Error('a fresh job can be claimed');
  await world.succeed(claimed.execution);
  const reuse = { cacheKey: 'key', finishedAfterMs: 0 };
  await store.postJob({ ...world.posting(accountId), reuse });
}

async function liveThroughDeposits({ store, nowMs }: World, accountId: string): Promise<void> {
  const page = { beforeEntry: null, limit: 10 };
  for (const state of ['suspense', null] as const) {
    await store.listDeposits({ ...page, accountId, state });
    await store.listDeposits({ ...page, accountId: null, state });
  }
  const [createdAtMs, expiresAtMs] = [0, 1];
  const intent = { intentId: 'int_1', accountId, reference: 'ref', asset: 'SOL' as const };
  await store.addDepositIntent({ ...intent, amount: null, createdAtMs, expiresAtMs }, 1);
  await store.depositIntent('int_1');
  await store.depositIntentsByReference(['ref']);
  await store.depositsOfIntent('int_1');
  await store.depositTag(accountId, 'TAG');
  await store.accountsOfTags(['TAG']);
  const recording = {
    received: [{ asset: 'USDC' as const, amount: baseUnits(5n), sourceOwner: 'w' }],
    minimum: { SOL: baseUnits(9n), USDC: baseUnits(9n) },
    nowMs,
  };
  const to = { to: 'account' as const, accountId, route: 'memo' as const, intentId: null };
  await store.recordDeposit({ ...recording, signature: 'd1', target: to });
  await store.recordDeposit({ ...recording, signature: 'd2', target: to });
  const nobodys = { to: 'suspense' as const, reason: 'unattributed' as const };
  await store.recordDeposit({ ...recording, signature: 'd3', target: nobodys });
  await store.claimDeposit({ signature: 'd3', accountId, wallet: 'w', nowMs });
  await store.assignDeposit({ signature: 'd3', accountId, nowMs });
  await store.depositsOfSignature('d3');
  await store.saveDepositCursor('a', { signature: null, slot: null, startSlot: null });
  await store.depositCursor('a');
  await store.signaturePurposes(['d1']);
  await store.setAsideDeposits(['x'], 0);
  await store.depositsSetAside(0, 1);
  await store.forgetSetAside('x');
  await liveThroughWithdrawals(store, accountId, nowMs);
  await store.holdWorkerLease({ name: 'w', owner: 'o', untilMs: 1 }, 0);
  await store.releaseWorkerLease('w', 'o');
}

async function liveThroughWithdrawals(store: Store, accountId: string, nowMs: number) {
  const payoutOf = (kind: 'withdrawal' | 'refund', payoutId: string) => ({
    payoutId,
    kind,
    ledgerAccount: kind === 'refund' ? suspenseRefunding : userWithdrawing(accountId),
    jobId: null,
    executionId: null,
    agentId: null,
    wallet: 'w',
    asset: 'USDC' as const,
    amount: baseUnits(5n),
    dueAtMs: nowMs,
  });
  const by = { actor: 'requester' as const, accountId, atMs: nowMs };
  const payout = payoutOf('withdrawal', 'pay_1');
  const transfer = withdrawalTransfer(payout, accountId);
  const event = withdrawalEvent('withdrawal.requested', payout, by);
  const idempotency = { key: 'k', requestHash: 'h' };
  const request = { accountId, payout, transfer, event, idempotency, perDayMax: 1, nowMs };
  await store.requestWithdrawal(request);
  await store.listWithdrawals({ accountId, beforePayoutId: null, limit: 1 });
  const received = [{ asset: 'USDC' as const, amount: baseUnits(5n), sourceOwner: 'w' }];
  const target = { to: 'suspense' as const, reason: 'unattributed' as const };
  const minimum = { SOL: baseUnits(0n), USDC: baseUnits(0n) };
  await store.recordDeposit({ signature: 'd4', received, target, minimum, nowMs });
  const refund = payoutOf('refund', 'pay_2');
  const refunds = [{ payout: refund, transfer: refundTransfer(refund), event }];
  await store.startRefunds('d4', refunds, nowMs);
  const transfers = [cancellationTransfer(refund, null)];
  await store.cancelPayout({ payoutId: 'pay_2', transfers, events: [], nowMs });
}
