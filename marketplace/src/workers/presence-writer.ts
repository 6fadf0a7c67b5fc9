import type { Logger } from '@node3/shared/logger';
import { type Loop, startLoop } from '@node3/shared/loop';
import type { AgentHomes } from '../services/agent-homes.ts';
import type { Presence } from '../services/presence.ts';
import type { AccountStore } from '../store/account-store.ts';

/** One write for all agents together; a crash forgets at most this much of who was seen when. */
const writeIntervalMs = 5_000;

export function startPresenceWriter(deps: {
  store: Pick<AccountStore, 'recordAgentContacts'>;
  presence: Presence;
  homes: Pick<AgentHomes, 'changed'>;
  log: Logger;
}): Loop {
  return startLoop({
    name: 'presence-writer',
    intervalMs: writeIntervalMs,
    log: deps.log,
    async run() {
      const contacts = deps.presence.takeUnsaved();
      if (contacts.length === 0) return;
      try {
        await deps.store.recordAgentContacts(contacts);
      } catch (error) {
        deps.presence.putBack(contacts);
        throw error;
      }
      await deps.homes.changed(contacts.map(({ agentId }) => agentId));
    },
  });
}
