import type { Device } from '@node3/shared/device';
import type { ProviderPolicy } from '@node3/shared/provider-policy';
import type { AgentConfig } from '../config.ts';
import type { MachinePolicy } from '../execution/machine.ts';
import { offeredAsks } from './find-policy-refusal.ts';

/** What the offer is made of: the agent's settings, and the policy at this moment. */
export function machinePolicy(
  config: AgentConfig,
  policy: ProviderPolicy,
  sold: readonly Pick<Device, 'modelId'>[],
): MachinePolicy {
  const { cpus, labels, memoryBytes, preemptible, region, slots } = config;
  const { diskFloorBytes, egressHosts, nativeAllowed, requestersBlocked } = policy;
  return {
    asks: offeredAsks(
      policy.asks,
      sold.map(({ modelId }) => modelId),
    ),
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

/** The settings that executors are made with, as the policy has them. */
export function withPolicy(config: AgentConfig, policy: ProviderPolicy): AgentConfig {
  const { diskFloorBytes, egressHosts, imageDiskBytes, nativeAllowed, registriesAllowed } = policy;
  return {
    ...config,
    diskFloorBytes,
    egressHosts,
    nativeAllowed,
    imageRegistries: registriesAllowed ?? [],
    imageCacheBytesMax: imageDiskBytes,
  };
}

/**
 * What takes effect at the next start only, since executors are made with it. What is forbidden
 * takes effect at once.
 */
export function findRestartNeed(started: ProviderPolicy, now: ProviderPolicy): string | null {
  const waiting = [
    now.nativeAllowed && !started.nativeAllowed ? 'jobs without a container' : null,
    hasMore(started.egressHosts, now.egressHosts) ? 'the new hosts that jobs may reach' : null,
    hasMore(started.registriesAllowed, now.registriesAllowed) ? 'the new registries' : null,
    now.diskFloorBytes !== started.diskFloorBytes ? 'the new disk floor for running jobs' : null,
    now.imageDiskBytes !== started.imageDiskBytes ? 'the new size of the disk for images' : null,
  ].filter((part) => part !== null);
  if (waiting.length === 0) return null;
  return `From the next start of the agent on: ${waiting.join(', ')}.`;
}

/** null is everything. */
function hasMore(before: readonly string[] | null, now: readonly string[] | null): boolean {
  if (before === null) return false;
  return now === null || now.some((entry) => !before.includes(entry));
}
