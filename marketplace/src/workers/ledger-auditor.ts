import type { Clock } from '@node3/shared/clock';
import { MarketError } from '@node3/shared/error';
import type { Logger } from '@node3/shared/logger';
import { type Loop, startLoop } from '@node3/shared/loop';
import { assets, zero } from '@node3/shared/money';
import type { Health } from '@node3/shared/routes/health';
import type { PayoutGate } from '../payments/payout-gate.ts';
import { proveReserves, type ReserveDeps, type Reserves } from '../payments/reserves.ts';
import type { LedgerAudit, LedgerStore } from '../store/store.ts';

/** New entries are audited this often; each posting is checked on its own besides. */
const auditIntervalMs = 60_000;
/** Everything from the first entry on is audited this often, and at every start. */
const wholeAuditMs = 86_400_000;

const waitingText = 'The ledger is being verified; payouts wait for that.';
const brokenText =
  'The ledger does not add up, so payouts are stopped. "node3 admin ledger verify" says where.';
const shortText =
  'The treasury holds less than the ledger says, so payouts are stopped. "node3 admin ledger verify" says how much.';

export interface LedgerAuditorDeps extends ReserveDeps {
  store: ReserveDeps['store'] & Pick<LedgerStore, 'auditLedger'>;
  clock: Pick<Clock, 'nowMs' | 'monotonicMs'>;
  log: Logger;
  /** Called when payouts may go, at the start and after every stop. */
  onOpen(): void;
}

/** Everything one verification found. */
export interface LedgerVerification {
  audit: LedgerAudit;
  reserves: Reserves;
  atMs: number;
}

/**
 * Proves in the background that the ledger adds up and that the treasury holds what it says. While
 * one of them is not so, payouts are stopped: they go again after a verification that finds nothing.
 */
export class LedgerAuditor implements PayoutGate {
  readonly #deps: LedgerAuditorDeps;
  /** The last audit, when nothing was wrong: the next one goes on from it. */
  #last: LedgerAudit | null = null;
  #wholeAtMs = Number.NEGATIVE_INFINITY;
  #audited: 'never' | 'balanced' | 'broken' = 'never';
  /** Whether money was missing when the chain was last asked and answered. */
  #reserves: 'covered' | 'short' = 'covered';
  #lastReserves: Reserves | null = null;
  #turn: Promise<unknown> = Promise.resolve();
  #asked: Promise<LedgerVerification> | null = null;
  readonly #stopping = new AbortController();
  readonly #firstAudit = Promise.withResolvers<void>();

  constructor(deps: LedgerAuditorDeps) {
    this.#deps = deps;
  }

  /** Everybody may read this in /health; whose balance is wrong stands in the log. */
  async check(): Promise<string | null> {
    return this.#reason();
  }

  health(): Health['checks']['ledger'] {
    const detail = this.#reason();
    if (detail === null) {
      return { state: 'ok', detail: 'Debits equal credits, and the hashes of all entries follow.' };
    }
    return { state: this.#audited === 'never' ? 'degraded' : 'failed', detail };
  }

  /** What was found last, without waiting; null is not known yet. */
  get found(): { balanced: boolean | null; reserves: Reserves | null } {
    const balanced = this.#audited === 'never' ? null : this.#audited === 'balanced';
    return { balanced, reserves: this.#lastReserves };
  }

  /** Whether the last audit found nothing; waits for the first one. */
  async balanced(): Promise<boolean> {
    await this.#firstAudit.promise;
    return this.#audited === 'balanced';
  }

  start(): Loop {
    const loop = startLoop({
      name: 'ledger-auditor',
      intervalMs: auditIntervalMs,
      log: this.#deps.log,
      run: async () => {
        await this.#inTurn(() => this.#verify(this.#since()));
      },
    });
    return {
      wake: () => loop.wake(),
      // Whoever asked for a verification gets an error: stopping does not wait for a long one.
      stop: () => {
        this.#stopping.abort();
        return loop.stop();
      },
    };
  }

  /** A verification of everything, now. Those who ask while one waits for its turn share it. */
  verify(): Promise<LedgerVerification> {
    this.#asked ??= this.#inTurn(async () => {
      this.#asked = null;
      try {
        return await this.#verify(null);
      } catch (error) {
        if (this.#stopping.signal.aborted) throw new MarketError('SERVICE_STOPPING');
        throw error;
      }
    });
    return this.#asked;
  }

  /** Asks the chain now; what it says counts for payouts, as in a verification. */
  async reserves(): Promise<Reserves> {
    const reserves = await proveReserves(this.#deps, this.#stopping.signal);
    this.#judge(reserves);
    return reserves;
  }

  #since(): LedgerAudit | null {
    const isDue = this.#deps.clock.monotonicMs() - this.#wholeAtMs >= wholeAuditMs;
    return isDue ? null : this.#last;
  }

  /** One at a time: an audit that goes on uses the one before up. */
  #inTurn<T>(run: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(run);
    this.#turn = result.catch(() => undefined);
    return result;
  }

  async #verify(since: LedgerAudit | null): Promise<LedgerVerification> {
    const { store, clock } = this.#deps;
    const { signal } = this.#stopping;
    signal.throwIfAborted();
    const startedMs = clock.monotonicMs();
    const audit = await store.auditLedger(since, signal);
    if (since === null) this.#wholeAtMs = startedMs;
    this.#last = audit.balanced ? audit : null;
    this.#change(() => {
      this.#audited = audit.balanced ? 'balanced' : 'broken';
    });
    this.#firstAudit.resolve();
    this.#report(audit, clock.monotonicMs() - startedMs);
    const reserves = await proveReserves(this.#deps, signal);
    this.#judge(reserves);
    return { audit, reserves, atMs: clock.nowMs() };
  }

  #report({ balanced, problems, entry, hash }: LedgerAudit, tookMs: number): void {
    const { log } = this.#deps;
    const head = Buffer.from(hash).toString('hex');
    if (balanced) log.info({ entry, head, tookMs: Math.floor(tookMs) }, 'ledger audited');
    else log.error({ problems, entry, head }, 'the ledger is not in order; payouts are stopped');
  }

  #judge(reserves: Reserves): void {
    this.#lastReserves = reserves;
    const short = assets.filter((asset) => reserves[asset].deficit > zero);
    const isKnown = assets.every((asset) => reserves[asset].onChain !== null);
    if (short.length === 0 && !isKnown) return;
    if (short.length > 0) {
      const found = { short, reserves: inText(reserves) };
      this.#deps.log.error(found, 'the treasury lacks money; payouts are stopped');
    }
    this.#change(() => {
      this.#reserves = short.length === 0 ? 'covered' : 'short';
    });
  }

  #reason(): string | null {
    if (this.#audited === 'never') return waitingText;
    if (this.#audited === 'broken') return brokenText;
    return this.#reserves === 'short' ? shortText : null;
  }

  #change(apply: () => void): void {
    const before = this.#reason();
    apply();
    if (before !== null && this.#reason() === null) this.#deps.onOpen();
  }
}

/** Logs are JSON, which has no bigint. */
function inText(reserves: Reserves): Record<string, Record<string, string>> {
  const text = (asset: keyof Reserves) =>
    Object.fromEntries(
      Object.entries(reserves[asset]).map(([name, value]) => [name, String(value ?? 'unknown')]),
    );
  return { SOL: text('SOL'), USDC: text('USDC') };
}
