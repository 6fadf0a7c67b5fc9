import type { Device } from '@node3/shared/device';
import type { ProviderPolicy } from '@node3/shared/provider-policy';
import type { AgentConfig } from '../config.ts';
import type { MachinePolicy } from '../execution/machine.ts';
import { highestAsks } from './find-policy-refusal.ts';

/** What the offer is made of: the agent's settings, and the policy at this moment. */
export function machinePolicy(
  config: AgentConfig,
  policy: ProviderPolicy,
  sold: readonly Pick<Device, 'modelId'>[],
): MachinePolicy {
  const { cpus, labels, memoryBytes, preemptible, region, slots } = config;
  const { diskFloorBytes, egressHosts, nativeAllowed, requestersBlocked } = policy;
  const asks = highestAsks(
    policy.asks,
    sold.map(({ modelId }) => modelId),
  );
  return {
    asks,
    cpus,
    diskFloorBytes,
    egressHosts,
    labels,
    memoryBytes,
    nativeAllowed,
    preemptible,
    region,
    requestersBlocked,
    slots,
  };
}

/** What takes effect at the next start only: executors are made with it. */
export function findRestartNeed(
  started: Pick<ProviderPolicy, 'nativeAllowed' | 'egressHosts'>,
  now: ProviderPolicy,
): string | null {
  if (now.nativeAllowed && !started.nativeAllowed) {
    return 'Jobs without a container are allowed from the next start of the agent on.';
  }
  const more = now.egressHosts.filter((host) => !started.egressHosts.includes(host));
  if (more.length === 0) return null;
  return `Jobs may reach ${more.join(', ')} from the next start of the agent on.`;
}
