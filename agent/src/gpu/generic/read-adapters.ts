import type { CommandRunner } from '../command-runner.ts';
import { parseClinfo } from './parse-clinfo.ts';
import { parseVulkaninfo } from './parse-vulkaninfo.ts';

/** What a programming interface lists as a device. */
export interface GraphicsAdapter {
  name: string;
  /** `10de:2684`; the maker alone, `10de`, of OpenCL; `null` where it is no PCI device. */
  pciModel: string | null;
  /** `software` runs on the processor, whatever it calls itself. */
  kind: 'gpu' | 'software';
}

const sources = [
  { name: 'Vulkan', file: 'vulkaninfo', args: ['--summary'], parse: parseVulkaninfo },
  { name: 'OpenCL', file: 'clinfo', args: ['--raw'], parse: parseClinfo },
] as const;

/**
 * What Vulkan and OpenCL list, for machines that show no PCI bus, as some containers and WSL do. It
 * has no address and no memory, so nothing is offered from it: it tells that a card is here.
 */
export async function readAdapters(
  runner: CommandRunner,
  signal: AbortSignal,
): Promise<{ source: string; adapters: GraphicsAdapter[] } | null> {
  for (const { args, file, name, parse } of sources) {
    const command = { file, args, timeoutMs: 10_000, outputBytesMax: 1_048_576 };
    const result = await runner.run(command, signal);
    const adapters = result.kind === 'exited' ? parse(result.stdout) : [];
    if (adapters.length > 0) return { source: name, adapters };
  }
  return null;
}
