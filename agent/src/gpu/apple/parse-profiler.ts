import {
  asObject,
  type JsonObject,
  parseJsonOutput,
  readMeasure,
  readText,
} from '../json-output.ts';
import { parseProfilerText } from './profiler-text.ts';

/** One graphics processor of `system_profiler SPDisplaysDataType`. */
export interface ProfiledGpu {
  /** Such as `Apple M3 Pro`. */
  model: string;
  cores: number | null;
  /** Such as `metal3`; macOS has moved the key three times. */
  metal: string | null;
  /** Its own memory; `null` on Apple's chips, which share the machine's. */
  memoryMib: number | null;
  /** The memory is a share of the machine's. */
  memoryShared: boolean;
  /** `0x6860`; only of cards that are not Apple's. */
  deviceId: string | null;
  /** Made by Apple, so that its memory is the machine's. */
  isApple: boolean;
  /** The device of a virtual machine: work sent to it may hang. */
  paravirtual: boolean;
}

/**
 * Reads its report as JSON or as text.
 * @returns `null` when the output is neither; entries without a name are left out.
 */
export function parseProfiler(output: string): ProfiledGpu[] | null {
  const json = asObject(parseJsonOutput(output))?.['SPDisplaysDataType'];
  const list = json ?? parseProfilerText(output);
  if (!Array.isArray(list)) return null;
  return list.flatMap((entry) => {
    const fields = asObject(entry);
    const model = fields === null ? null : modelOf(fields);
    return fields === null || model === null ? [] : [gpuOf(fields, model)];
  });
}

function gpuOf(fields: JsonObject, model: string): ProfiledGpu {
  const shared = memoryOf(fields['spdisplays_vram_shared']);
  const vendor = readText(fields['spdisplays_vendor']) ?? '';
  const paravirtual = /paravirtual/i.test(model);
  return {
    model,
    cores: readMeasure(fields['sppci_cores']),
    metal: metalOf(fields),
    memoryMib: memoryOf(fields['spdisplays_vram']) ?? shared,
    memoryShared: shared !== null,
    deviceId: readText(fields['spdisplays_device-id']),
    isApple: !paravirtual && (/apple/i.test(vendor) || /^Apple M\d/.test(model)),
    paravirtual,
  };
}

/** Old systems name the item of their hardware registry: `kHW_AppleM1Item`. */
function modelOf(fields: JsonObject): string | null {
  const model = readText(fields['sppci_model']);
  if (model !== null && !model.startsWith('kHW_')) return model;
  const item = /^kHW_(.+?)Item$/.exec(model ?? readText(fields['_name']) ?? '')?.[1];
  if (item === undefined) return readText(fields['_name']);
  return item.replace(/([a-z])([A-Z])/g, '$1 $2').replace(/(M\d+)([A-Z])/g, '$1 $2');
}

function metalOf(fields: JsonObject): string | null {
  const keys = [
    'spdisplays_mtlgpufamilysupport',
    'spdisplays_metalfamily',
    'spdisplays_metal',
  ] as const;
  const values = keys.map((key) => readText(fields[key]));
  return values.find((value) => value !== null)?.replace(/^spdisplays_/, '') ?? null;
}

/** `1536 MB` or `2 GB`, where both mean powers of two. */
function memoryOf(value: unknown): number | null {
  const match = /^(\d+(?:\.\d+)?)\s*(MB|GB)$/i.exec(readText(value) ?? '');
  if (match?.[1] === undefined) return null;
  return Number(match[1]) * (match[2]?.toUpperCase() === 'GB' ? 1024 : 1);
}
