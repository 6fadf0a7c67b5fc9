import { normalisePciAddress } from '../pci-address.ts';

/** One GPU that ROCm's runtime offers. Only its number is always there. */
export interface RocmAgent {
  /** Its place in the list, in which processors are counted too. */
  agent: number;
  name: string | null;
  /** `GPU-5c88007d760374f3`; `null` for a card without one, which is `GPU-XX`. */
  uuid: string | null;
  gfxTarget: string | null;
  computeUnits: number | null;
  /** `29822(0x747e)` */
  chipId: string | null;
  /** `1002:747e` */
  pciModel: string | null;
  /** Bus, device and function in one number. */
  bdfId: number | null;
  pciBusId: string | null;
  memoryBytes: number | null;
  /** Shares the memory of the machine. */
  integrated: boolean;
}

/** Reads `rocminfo`, the one tool of AMD that works in WSL. @returns `null` where it lists no agents. */
export function parseRocminfo(output: string): RocmAgent[] | null {
  const [, ...blocks] = output.split(/^\s*Agent (?=\d+\s*$)/m);
  if (blocks.length === 0) return null;
  return blocks.flatMap((block) => {
    const fields = fieldsOf(block);
    return fields.get('Device Type') === 'GPU' ? [agentOf(block, fields)] : [];
  });
}

/** Lines of `Name: value`. Of a name that comes again, in pools and instruction sets, the first. */
function fieldsOf(block: string): Map<string, string> {
  const fields = new Map<string, string>();
  for (const [, name = '', value = ''] of block.matchAll(/^\s*([^:\n]+?)\s*:[ \t]*(.*?)\s*$/gm)) {
    if (!fields.has(name) && value !== '') fields.set(name, value);
  }
  return fields;
}

function agentOf(block: string, fields: ReadonlyMap<string, string>): RocmAgent {
  const number = (name: string) => {
    const digits = /^\d+/.exec(fields.get(name) ?? '')?.[0];
    return digits === undefined ? null : Number(digits);
  };
  const chip = /\(0x([0-9a-f]{1,4})\)/i.exec(fields.get('Chip ID') ?? '')?.[1];
  const bdfId = number('BDFID');
  const uuid = fields.get('Uuid') ?? '';
  return {
    agent: Number(/^\d+/.exec(block)?.[0]),
    name: fields.get('Marketing Name') ?? null,
    uuid: /^GPU-[0-9a-f]+$/i.test(uuid) ? uuid : null,
    gfxTarget: /^gfx[0-9a-f]+$/i.exec(fields.get('Name') ?? '')?.[0] ?? null,
    computeUnits: number('Compute Unit'),
    chipId: fields.get('Chip ID') ?? null,
    pciModel: chip === undefined ? null : `1002:${chip.padStart(4, '0').toLowerCase()}`,
    bdfId,
    pciBusId: addressOf(bdfId, number('Domain') ?? 0),
    memoryBytes: memoryOf(block),
    integrated: /\bAPU\b/.test(fields.get('Memory Properties') ?? ''),
  };
}

/** WSL passes cards on without an address, which is 0. */
function addressOf(bdfId: number | null, domain: number): string | null {
  if (bdfId === null || bdfId === 0) return null;
  const hex = (value: number) => value.toString(16);
  const place = `${hex(bdfId >> 8)}:${hex((bdfId >> 3) & 0x1f)}.${hex(bdfId & 7)}`;
  return normalisePciAddress(`${hex(domain)}:${place}`);
}

/** The pool that everything is taken from: `GLOBAL; FLAGS: COARSE GRAINED`. */
function memoryOf(block: string): number | null {
  const kibibytes = /GLOBAL; FLAGS: COARSE GRAINED\s+Size:\s*(\d+)/.exec(block)?.[1];
  return kibibytes === undefined ? null : Number(kibibytes) * 1_024;
}
