import type { Clock } from '@node3/shared/clock';
import type { Logger } from '@node3/shared/logger';
import { type Loop, startLoop } from '@node3/shared/loop';
import { signInLimits } from '@node3/shared/sign-in-limits';
import type { KeyStore } from '../store/key-store.ts';
import type { ApiKeyRow } from '../store/rows.ts';

interface Deps {
  store: Pick<KeyStore, 'noteKeyUses'>;
  clock: Clock;
}

const grainMs = { key: signInLimits.keyUseGrainMs, session: signInLimits.sessionUseGrainMs };

/** Gathers which keys are used, so that it costs one write for many of them, and not one each. */
export class KeyUses {
  readonly #deps: Deps;
  #usedAtMs = new Map<string, number>();

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** To be told of every key that was found good. */
  note({ keyId, kind, lastUsedAtMs }: Pick<ApiKeyRow, 'keyId' | 'kind' | 'lastUsedAtMs'>): void {
    const nowMs = this.#deps.clock.nowMs();
    if (lastUsedAtMs !== null && nowMs - lastUsedAtMs < grainMs[kind]) return;
    this.#usedAtMs.set(keyId, nowMs);
  }

  start(log: Logger): Loop {
    return startLoop({
      name: 'key-uses',
      intervalMs: signInLimits.keyUseFlushMs,
      log,
      run: () => this.flush(),
    });
  }

  /** Writes them. What can't be written now is noted again when the key is used again. */
  async flush(): Promise<void> {
    const uses = [...this.#usedAtMs].map(([keyId, atMs]) => ({ keyId, atMs }));
    this.#usedAtMs = new Map();
    if (uses.length > 0) await this.#deps.store.noteKeyUses(uses, signInLimits.sessionIdleMs);
  }
}
