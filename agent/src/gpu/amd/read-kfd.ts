import type { HostFiles } from '../host-files.ts';

/** A GPU that AMD's compute driver offers. Partitions of one card are nodes with one unique id. */
export interface KfdNode {
  node: number;
  /** `1002:740f` */
  pciModel: string;
  /** `gfx90a`; `null` on kernels that don't say. */
  gfxTarget: string | null;
  /** Decimal, too large for a number; `null` on cards without one. */
  uniqueId: string | null;
  locationId: number;
  pciBusId: string;
  /** `renderD128` is 128. */
  renderMinor: number | null;
  memoryBytes: number | null;
  xccCount: number | null;
  /** The node has processor cores too: an APU, which shares the machine's memory. */
  integrated: boolean;
}

const nodesFolder = '/sys/class/kfd/kfd/topology/nodes';

/** Reads KFD's topology: works without ROCm and without root. Processors are left out. */
export async function readKfdNodes(files: HostFiles): Promise<KfdNode[]> {
  const nodes: KfdNode[] = [];
  for (const name of await files.list(nodesFolder)) {
    const properties = parseProperties(
      (await files.read(`${nodesFolder}/${name}/properties`)) ?? '',
    );
    if (!(Number(properties.get('simd_count') ?? 0) > 0)) continue;
    nodes.push(nodeOf(Number(name), properties, await readBanks(files, `${nodesFolder}/${name}`)));
  }
  return nodes;
}

/** Lines of `name value`. */
function parseProperties(text: string): Map<string, string> {
  return new Map(
    text.split('\n').flatMap((line) => {
      const [name, value] = line.trim().split(/\s+/);
      return name === undefined || value === undefined ? [] : [[name, value] as const];
    }),
  );
}

/** Heaps 1 and 2 are the card's own memory, open to the processor or not. */
async function readBanks(files: HostFiles, folder: string): Promise<number | null> {
  let bytes = 0;
  for (const bank of await files.list(`${folder}/mem_banks`)) {
    const text = (await files.read(`${folder}/mem_banks/${bank}/properties`)) ?? '';
    const properties = parseProperties(text);
    if (['1', '2'].includes(properties.get('heap_type') ?? '')) {
      bytes += Number(properties.get('size_in_bytes') ?? 0);
    }
  }
  return bytes > 0 ? bytes : null;
}

function nodeOf(
  node: number,
  properties: ReadonlyMap<string, string>,
  memoryBytes: number | null,
): KfdNode {
  const number = (name: string) => {
    const value = properties.get(name);
    return value === undefined ? null : Number(value);
  };
  const uniqueId = properties.get('unique_id') ?? '0';
  const minor = number('drm_render_minor');
  return {
    node,
    pciModel: `${hex(number('vendor_id') ?? 0x1002)}:${hex(number('device_id') ?? 0)}`,
    gfxTarget: gfxOf(number('gfx_target_version')),
    uniqueId: uniqueId === '0' ? null : uniqueId,
    locationId: number('location_id') ?? 0,
    pciBusId: pciBusIdOf(number('domain') ?? 0, number('location_id') ?? 0),
    renderMinor: minor === null || minor <= 0 ? null : minor,
    memoryBytes,
    xccCount: number('num_xcc'),
    integrated: (number('cpu_cores_count') ?? 0) > 0,
  };
}

function hex(value: number): string {
  return value.toString(16).padStart(4, '0');
}

/** 90402 is major 9, minor 4, step 2, the last two in hexadecimal: gfx942, and 90010 is gfx90a. */
function gfxOf(version: number | null): string | null {
  if (version === null || version === 0) return null;
  const major = Math.floor(version / 10_000);
  const minor = Math.floor(version / 100) % 100;
  return `gfx${major}${minor.toString(16)}${(version % 100).toString(16)}`;
}

/** The bus number in the upper byte, then five bits of slot and three of function. */
function pciBusIdOf(domain: number, location: number): string {
  const byte = (value: number) => value.toString(16).padStart(2, '0');
  const place = `${byte((location >> 8) & 0xff)}:${byte((location >> 3) & 0x1f)}`;
  return `${hex(domain)}:${place}.${(location & 7).toString(16)}`;
}
