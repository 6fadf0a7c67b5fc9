import type { Logger } from '@node3/shared/logger';
import { type Loop, startLoop } from '@node3/shared/loop';
import type { Health } from '@node3/shared/routes/health';
import type { LedgerStore } from '../store/store.ts';

/** Every balance is recomputed from its transfers this often; each posting is checked on its own. */
const auditIntervalMs = 600_000;

/** Proves in the background that debits equal credits, and remembers what it found. */
export class LedgerAuditor {
  readonly #deps: { store: Pick<LedgerStore, 'verifyLedger'>; log: Logger };
  #check: Health['checks']['ledger'] = {
    state: 'degraded',
    detail: 'The first audit is not finished yet.',
  };

  constructor(deps: { store: Pick<LedgerStore, 'verifyLedger'>; log: Logger }) {
    this.#deps = deps;
  }

  check(): Health['checks']['ledger'] {
    return this.#check;
  }

  start(): Loop {
    return startLoop({
      name: 'ledger-auditor',
      intervalMs: auditIntervalMs,
      log: this.#deps.log,
      run: () => this.#audit(),
    });
  }

  async #audit(): Promise<void> {
    const { balanced, problems } = await this.#deps.store.verifyLedger();
    if (balanced) {
      this.#check = { state: 'ok', detail: 'Debits equal credits.' };
      return;
    }
    this.#deps.log.error({ problems }, 'the ledger does not balance');
    // Everybody may read /health; whose balance is wrong belongs into the log.
    this.#check = { state: 'failed', detail: 'The ledger does not balance. The log says where.' };
  }
}
