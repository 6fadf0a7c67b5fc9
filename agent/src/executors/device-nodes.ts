import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { ExecutionError } from './execution-error.ts';
import type { ExecutionDevice } from './executor.ts';

/** One card as NVIDIA's driver tells of it. */
export interface NvidiaCard {
  uuid: string;
  /** The number of its device file: 0 for `/dev/nvidia0`. */
  minor: number;
  /** Such as `0000:00:06.0`. */
  pciBusId: string | null;
}

const nvidiaFolder = '/proc/driver/nvidia/gpus';
const renderNodePattern = /^\/dev\/dri\/renderD(\d{1,4})$/;

/** @returns no cards where there is no driver. */
export function readNvidiaCards(): NvidiaCard[] {
  const names = existsSync(nvidiaFolder) ? readdirSync(nvidiaFolder) : [];
  const texts = names.map((name) => readFileSync(`${nvidiaFolder}/${name}/information`, 'utf8'));
  return parseNvidiaCards(texts);
}

export function parseNvidiaCards(texts: readonly string[]): NvidiaCard[] {
  return texts.flatMap((text) => {
    const uuid = /^GPU UUID:\s*(GPU-[0-9a-f-]+)\s*$/m.exec(text)?.[1];
    const minor = /^Device Minor:\s*(\d+)\s*$/m.exec(text)?.[1];
    const bus = /^Bus Location:\s*([0-9a-f:.]+)\s*$/im.exec(text)?.[1];
    if (uuid === undefined || minor === undefined) return [];
    return [{ uuid, minor: Number(minor), pciBusId: bus?.toLowerCase() ?? null }];
  });
}

/** @returns the number of a render node's device file; null for what is no render node. */
export function renderMinor({ renderNode }: ExecutionDevice): number | null {
  const minor = renderNodePattern.exec(renderNode ?? '')?.[1];
  return minor === undefined ? null : Number(minor);
}

/** The device files that a job needs for its devices. @throws ExecutionError `gpu_error` for a device whose file is not known. */
export function deviceNodes(
  devices: readonly ExecutionDevice[],
  readCards: () => readonly NvidiaCard[] = readNvidiaCards,
): string[] {
  const nodes = devices.flatMap((device) => {
    if (device.vendor === 'simulated') return [];
    if (device.vendor === 'nvidia') {
      const card = readCards().find(({ uuid }) => uuid === device.uuid);
      if (card !== undefined) {
        return [`/dev/nvidia${card.minor}`, '/dev/nvidiactl', '/dev/nvidia-uvm'];
      }
    } else if (device.renderNode !== undefined && renderMinor(device) !== null) {
      return device.vendor === 'amd' ? [device.renderNode, '/dev/kfd'] : [device.renderNode];
    }
    throw new ExecutionError('gpu_error', `The device ${device.uuid} has no node of its own.`);
  });
  return [...new Set(nodes)];
}
