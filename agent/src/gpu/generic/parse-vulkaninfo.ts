import type { GraphicsAdapter } from './read-adapters.ts';

/**
 * Reads `vulkaninfo --summary`: lines of `deviceName = …` below `GPU0:`. Drivers that play a card on
 * the processor say so in their type.
 */
export function parseVulkaninfo(output: string): GraphicsAdapter[] {
  const [, ...blocks] = output.split(/^GPU\d+:\s*$/m);
  return blocks.flatMap((block) => {
    const fields = new Map(
      [...block.matchAll(/^\s*(\w+)\s*=\s*(.*?)\s*$/gm)].map(([, name = '', value = '']) => [
        name,
        value,
      ]),
    );
    const name = fields.get('deviceName');
    if (name === undefined) return [];
    const ids = ['vendorID', 'deviceID'].map((id) =>
      /^0x([0-9a-f]{4})$/i.exec(fields.get(id) ?? ''),
    );
    const [vendor, device] = ids.map((match) => match?.[1]?.toLowerCase());
    const type = fields.get('deviceType') ?? '';
    return [
      {
        name,
        pciModel: vendor === undefined || device === undefined ? null : `${vendor}:${device}`,
        kind: /_(?:DISCRETE|INTEGRATED|VIRTUAL)_GPU$/.test(type) ? 'gpu' : 'software',
      },
    ];
  });
}
