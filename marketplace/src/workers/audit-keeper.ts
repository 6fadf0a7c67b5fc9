import type { Clock } from '@node3/shared/clock';
import { limits } from '@node3/shared/limits';
import type { Logger } from '@node3/shared/logger';
import { type Loop, startLoop } from '@node3/shared/loop';
import type { AuthFailures } from '../services/auth-failures.ts';
import type { AuditStore } from '../store/audit-store.ts';

export interface AuditKeeperDeps {
  store: AuditStore;
  clock: Clock;
  log: Logger;
  authFailures: AuthFailures;
  retentionDays: number;
}

const dayMs = 86_400_000;

/** Writes who was not let in, and removes what is older than it is kept. */
export function startAuditKeeper(deps: AuditKeeperDeps): Loop {
  return startLoop({
    name: 'audit-keeper',
    intervalMs: limits.authFailureFlushMs,
    log: deps.log,
    run: (signal) => keepAudit(deps, signal),
  });
}

export async function keepAudit(
  deps: AuditKeeperDeps,
  signal: AbortSignal = new AbortController().signal,
): Promise<void> {
  const { store, clock, authFailures, log } = deps;
  await authFailures.flush();
  const nowMs = clock.nowMs();
  const beforeMs = nowMs - deps.retentionDays * dayMs;
  let removed = 0;
  while (!signal.aborted) {
    const count = await store.pruneAudit(beforeMs, nowMs, limits.auditEntriesPerPage);
    removed += count;
    if (count < limits.auditEntriesPerPage) break;
  }
  if (removed > 0) log.info({ removed }, 'audit entries removed for their age');
}
