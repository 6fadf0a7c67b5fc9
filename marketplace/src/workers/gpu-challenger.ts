import { limits } from '@node3/shared/limits';
import type { Logger } from '@node3/shared/logger';
import { type Loop, startLoop } from '@node3/shared/loop';
import { sweepGpuProofs } from '../services/answer-gpu-proof.ts';
import { challengeOwner, type IssueDeps, isDue } from '../services/issue-gpu-proofs.ts';
import type { AgentPresence } from '../services/presence.ts';
import type { Store } from '../store/store.ts';

const turnMs = 15_000;

/**
 * Challenges owners when their devices are due, and ends what is not answered. Every replica asks the
 * agents that speak to it; all it writes is conditional, so several may do so at once.
 */
export function startGpuChallenger(
  deps: IssueDeps & { store: Store; log: Logger; random: () => number },
): Loop {
  const waiting: string[] = [];
  return startLoop({
    name: 'gpu-challenger',
    intervalMs: turnMs,
    log: deps.log,
    async run() {
      await sweepGpuProofs(deps);
      const owners = idleOwners(deps);
      // Owners take turns, so that a large one does not hold up the others.
      if (waiting.length === 0) waiting.push(...owners.keys());
      for (const owner of waiting.splice(0, limits.proofOwnersPerTurn)) {
        const agents = owners.get(owner) ?? [];
        if (!(await isDue(deps, agents, deps.random()))) continue;
        const { proofId } = await challengeOwner(deps, agents, 'marketplace');
        if (proofId !== null) deps.log.info({ proofId, owner }, 'devices are challenged');
      }
    },
  });
}

function idleOwners({ presence }: IssueDeps): Map<string, AgentPresence[]> {
  const owners = new Map<string, AgentPresence[]>();
  for (const agent of presence.all()) {
    if (!presence.isOnline(agent.agentId) || agent.freeDeviceIds.length === 0) continue;
    const known = owners.get(agent.wallet);
    if (known === undefined) owners.set(agent.wallet, [agent]);
    else known.push(agent);
  }
  return owners;
}
