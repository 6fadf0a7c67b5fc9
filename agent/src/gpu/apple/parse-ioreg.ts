/** What the registry says about one accelerator. Zero is a value, `null` is unavailable. */
export interface AcceleratorState {
  model: string | null;
  cores: number | null;
  utilizationPercent: number | null;
  rendererPercent: number | null;
  /** Memory that is in use now, bytes. */
  memoryUsedBytes: number | null;
  /** Memory that was asked for, used or not, bytes. */
  memoryAllocatedBytes: number | null;
}

/**
 * Reads `ioreg -r -d 1 -w 0 -c IOAccelerator`. Keys come in any order, with or without the lines
 * that draw the tree; older chips have neither `model` nor `gpu-core-count`.
 */
export function parseIoreg(output: string): AcceleratorState[] {
  const blocks = output.split(/^(?=\+-o )/m).filter((block) => block.includes('"'));
  return blocks.flatMap((block) => {
    const statistics = /"PerformanceStatistics"\s*=\s*\{([^\n]*)\}/.exec(block)?.[1];
    return statistics === undefined ? [] : [stateOf(block, parsePairs(statistics))];
  });
}

/** `"Device Utilization %"=16,"In use system memory (driver)"=0`: names are whole, never a part. */
function parsePairs(text: string): Map<string, number> {
  return new Map(
    [...text.matchAll(/"([^"]+)"\s*=\s*(-?\d+)/g)].map(([, name = '', value]) => [
      name,
      Number(value),
    ]),
  );
}

function stateOf(block: string, statistics: ReadonlyMap<string, number>): AcceleratorState {
  const number = (...names: string[]) =>
    names.map((name) => statistics.get(name)).find((value) => value !== undefined) ?? null;
  const cores = /"gpu-core-count"\s*=\s*(\d+)/.exec(block)?.[1];
  return {
    model: /"model"\s*=\s*<?"([^"]+)"/.exec(block)?.[1] ?? null,
    cores: cores === undefined ? null : Number(cores),
    utilizationPercent: number('Device Utilization %', 'GPU Activity(%)'),
    rendererPercent: number('Renderer Utilization %'),
    memoryUsedBytes: number('In use system memory', 'vramUsedBytes', 'inUseVidMemoryBytes'),
    memoryAllocatedBytes: number('Alloc system memory'),
  };
}

/** @returns the machine's own UUID out of `ioreg -rd1 -c IOPlatformExpertDevice`. */
export function parsePlatformUuid(output: string): string | null {
  return /"IOPlatformUUID"\s*=\s*"([0-9A-Fa-f-]{36})"/.exec(output)?.[1] ?? null;
}
