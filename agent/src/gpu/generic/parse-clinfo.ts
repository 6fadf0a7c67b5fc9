import type { GraphicsAdapter } from './read-adapters.ts';

const property = /^\[([^\]\s]+)\/(\d+)\]\s+(CL_DEVICE_\w+)\s+(.*?)\s*$/;

/**
 * Reads `clinfo --raw`: `[NV/0] CL_DEVICE_TYPE … CL_DEVICE_TYPE_GPU`. Its shorter list `-l` has no
 * types, so that nothing in it counts.
 */
export function parseClinfo(output: string): GraphicsAdapter[] {
  const devices = new Map<string, Map<string, string>>();
  for (const line of output.split(/\r?\n/)) {
    const [, platform, index, name, value] = property.exec(line) ?? [];
    if (name === undefined || value === undefined) continue;
    const key = `${platform}/${index}`;
    const fields = devices.get(key) ?? new Map<string, string>();
    if (!fields.has(name)) fields.set(name, value);
    devices.set(key, fields);
  }
  return [...devices.values()].flatMap((fields) => {
    const type = fields.get('CL_DEVICE_TYPE');
    const name = fields.get('CL_DEVICE_BOARD_NAME_AMD') ?? fields.get('CL_DEVICE_NAME');
    if (type === undefined || name === undefined) return [];
    return [
      {
        name,
        pciModel: vendorOf(fields),
        kind: /\bCL_DEVICE_TYPE_GPU\b/.test(type) ? 'gpu' : 'software',
      },
    ];
  });
}

/** The maker alone: OpenCL has no id of the model. */
function vendorOf(fields: ReadonlyMap<string, string>): string | null {
  const vendor = /^0x([0-9a-f]{4})$/i.exec(fields.get('CL_DEVICE_VENDOR_ID') ?? '')?.[1];
  return vendor === undefined ? null : vendor.toLowerCase();
}

/** @returns 0 also where OpenCL says that there is none. */
export function countPlatforms(output: string): number {
  const counted = /^#PLATFORMS\s+(\d+)/m.exec(output)?.[1];
  return counted === undefined ? [...output.matchAll(/^Platform #\d+:/gm)].length : Number(counted);
}
