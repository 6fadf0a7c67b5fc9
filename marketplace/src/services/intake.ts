import { MarketError } from '@node3/shared/error';
import type { Logger } from '@node3/shared/logger';
import type { MarketSwitch } from '@node3/shared/market-switch';
import type { AccountSearch, SuspensionRow } from '../store/account-search.ts';
import type { EventRow } from '../store/rows.ts';
import type { SwitchRow, SwitchStore } from '../store/switch-store.ts';
import type { DiskRoom } from './disk-room.ts';

export interface IntakeDeps {
  store: Pick<SwitchStore, 'switches'> & Pick<AccountSearch, 'suspensions'>;
  log: Logger;
  room: Pick<DiskRoom, 'refusal' | 'assertForNewWork'>;
}

/** What a client that was refused by a switch should wait at least. */
const switchRetrySec = 60;

/**
 * Whether new work is taken: there is room on the disk, the operator doesn't hold it back, and the
 * account is not suspended. Asked for every job, so all of it is in memory; the store has the truth.
 */
export class Intake {
  readonly #deps: IntakeDeps;
  readonly #listeners: (() => void)[] = [];
  #switches = new Map<MarketSwitch, SwitchRow>();
  #suspensions = new Map<string, SuspensionRow>();
  #reading: Promise<void> | null = null;
  /** A read of what another replica has stored failed. */
  #isBehind = false;

  constructor(deps: IntakeDeps) {
    this.#deps = deps;
  }

  /** One that is on, or null. */
  switchOf(name: MarketSwitch): SwitchRow | null {
    return this.#switches.get(name) ?? null;
  }

  /** Why nobody's new work is taken, as one sentence; null while it is. */
  get refusal(): string | null {
    const readOnly = this.#switches.get('read-only');
    return this.#deps.room.refusal ?? (readOnly === undefined ? null : sentenceOf(readOnly));
  }

  /** Throws STORAGE_FULL and MARKET_READ_ONLY. */
  assertOpen(): void {
    this.#deps.room.assertForNewWork();
    this.assertNotReadOnly();
  }

  assertNotReadOnly(): void {
    const readOnly = this.#switches.get('read-only');
    if (readOnly === undefined) return;
    const context = { detail: sentenceOf(readOnly), retryAfterSec: switchRetrySec };
    throw new MarketError('MARKET_READ_ONLY', context);
  }

  /** The same, and ACCOUNT_SUSPENDED. */
  assertForNewWork(accountId: string): void {
    this.assertOpen();
    const suspension = this.#suspensions.get(accountId);
    if (suspension === undefined) return;
    const detail = `No new jobs are taken from this account: ${suspension.reason}`;
    throw new MarketError('ACCOUNT_SUSPENDED', { detail });
  }

  /** Called when a switch was turned. */
  onSwitch(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** What another replica has stored. A read that failed is made up for with the next events. */
  note(events: readonly Pick<EventRow, 'name'>[]): void {
    if (!this.#isBehind && !events.some(({ name }) => changes.has(name))) return;
    this.#isBehind = false;
    this.read().catch((error: unknown) => {
      this.#isBehind = true;
      this.#deps.log.warn({ err: error }, 'switches of other replicas not read');
    });
  }

  /** Makes it equal to the store. One read at a time; whoever asks meanwhile gets one after it. */
  async read(): Promise<void> {
    const before = this.#reading;
    const turn = (async () => {
      await before?.catch(() => undefined);
      const switches = await this.#deps.store.switches();
      const suspensions = await this.#deps.store.suspensions();
      this.#suspensions = new Map(suspensions.map((row) => [row.accountId, row]));
      this.#switches = new Map(switches.map((row) => [row.name, row]));
      for (const listener of this.#listeners) listener();
    })();
    this.#reading = turn;
    try {
      await turn;
    } finally {
      if (this.#reading === turn) this.#reading = null;
    }
  }
}

const changes: ReadonlySet<string> = new Set([
  'switch.turned-on',
  'switch.turned-off',
  'account.suspended',
  'account.restored',
]);

function sentenceOf({ reason }: SwitchRow): string {
  return `The operator takes no new work at present: ${reason}`;
}
