/**
 * Reads `amdgpu.ids` of libdrm: `744C,\tC8,\tAMD Radeon RX 7900 XTX`. Only the revision tells cards
 * of one device id apart.
 * @returns names by `1002:744c:c8`.
 */
export function parseAmdgpuIds(text: string): Map<string, string> {
  return new Map(
    [...text.matchAll(/^([0-9a-f]{4}),\s*([0-9a-f]{1,2}),\s*(\S.*?)\s*$/gim)].map((match) => {
      const [, device = '', revision = '', name = ''] = match;
      return [`1002:${device}:${revision.padStart(2, '0')}`.toLowerCase(), name];
    }),
  );
}
