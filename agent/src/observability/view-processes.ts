import type { ReplyOf } from '@node3/shared/contract';
import { localLimits } from '@node3/shared/local-limits';
import type { listGpuProcesses } from '@node3/shared/routes/agent-devices';
import { toTimestamp } from '@node3/shared/schema';
import type { ProcessLook } from '../execution/process-board.ts';
import type { AgentDevice } from '../gpu/device.ts';
import type { GpuProcess } from '../gpu/gpu-detector.ts';

/** The programs on each device, the one with the most memory first; null where no tool tells. */
export function viewProcesses(
  { atMs, found, vendors }: ProcessLook,
  devices: readonly AgentDevice[],
): ReplyOf<typeof listGpuProcesses> {
  return {
    at: toTimestamp(atMs),
    data: devices.map(({ id, parentId, vendor }) => {
      // Programs are told of whole cards, so of a slice nobody knows.
      const isTold = parentId === null && vendors.has(vendor);
      const here = (found.get(id) ?? []).toSorted(byMemory);
      return {
        deviceId: id,
        total: isTold ? here.length : null,
        processes: isTold ? here.slice(0, localLimits.processesShown).map(toView) : null,
      };
    }),
  };
}

function byMemory(a: GpuProcess, b: GpuProcess): number {
  return (b.memoryBytes ?? -1) - (a.memoryBytes ?? -1) || a.pid - b.pid;
}

function toView({ memoryBytes, name, pid }: GpuProcess) {
  return { pid, name: name === null ? null : nameOf(name), memoryBytes };
}

/** Without its folder, and nothing in it that a terminal or a page could take for more than a name. */
function nameOf(path: string): string {
  const last = path.split(/[/\\]/).findLast((part) => part !== '') ?? path;
  return last.replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, '').slice(0, localLimits.processNameChars);
}
