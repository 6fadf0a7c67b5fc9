import type { BacalhauNode, BacalhauResources } from '@node3/shared/routes/bacalhau-models';
import { toTimestamp } from '@node3/shared/schema';
import type { Presence } from '../../../services/presence.ts';
import type { AgentRow } from '../../../store/rows.ts';
import { viewGpu } from './bacalhau-execution-view.ts';

/** An agent as one of Bacalhau's compute nodes. What it never told is absent. */
export function viewNode(
  agent: AgentRow,
  running: number,
  presence: Pick<Presence, 'get' | 'isOnline' | 'isElsewhere'>,
): BacalhauNode {
  const present = presence.get(agent.agentId);
  const offer = present?.offer ?? agent.offer;
  const lastSeenAtMs = present?.lastSeenAtMs ?? agent.lastSeenAtMs;
  const isOnline = presence.isOnline(agent.agentId);
  // What is free of it is known while it speaks to this process.
  const isKnown = isOnline && present !== null && !presence.isElsewhere(agent.agentId);
  const free = isKnown ? present.freeDeviceIds : null;
  return {
    Info: {
      NodeID: agent.agentId,
      NodeType: 'Compute',
      Labels: {
        name: agent.name,
        ...offer?.labels,
        ...(offer === null ? {} : { Architecture: goNames[offer.arch] }),
        ...(offer?.region === undefined ? {} : { Region: offer.region }),
      },
      ...(offer === null
        ? {}
        : {
            ComputeNodeInfo: {
              ExecutionEngines: offer.isolation === 'native' ? [] : ['docker'],
              Publishers: ['local'],
              StorageSources: ['urlDownload', 's3PreSigned', 'inline'],
              MaxCapacity: capacityOf(offer, offer.devices),
              AvailableCapacity:
                free === null
                  ? {}
                  : gpusOf(offer.devices.filter((device) => free.includes(device.id))),
              MaxJobRequirements: capacityOf(offer, offer.devices),
              RunningExecutions: running,
            },
          }),
    },
    Membership: agent.state === 'disabled' ? 'REJECTED' : 'APPROVED',
    ConnectionState: {
      Status: isOnline ? 'CONNECTED' : 'DISCONNECTED',
      ...(lastSeenAtMs === null ? {} : { LastHeartbeat: toTimestamp(lastSeenAtMs) }),
    },
  };
}

/** As Go calls processors, and so Bacalhau its label. */
const goNames = { x64: 'amd64', arm64: 'arm64' } as const;

type Offer = NonNullable<AgentRow['offer']>;

function capacityOf(offer: Offer, devices: Offer['devices']): BacalhauResources {
  return {
    CPU: offer.cpus,
    Memory: offer.memoryBytes,
    Disk: offer.diskBytes,
    ...gpusOf(devices),
  };
}

function gpusOf(devices: Offer['devices']): BacalhauResources {
  return { GPU: devices.length, GPUs: devices.map(viewGpu) };
}
