import { ProofError } from '../proof-error.ts';
import { isSoftwareAdapter } from './software-adapter.ts';

/** What WebGPU says of the device that it found. */
export interface FoundAdapter {
  adapter: GPUAdapter;
  /** Such as `NVIDIA H100 80GB HBM3`; the driver's words. */
  name: string;
  software: boolean;
}

/** Dawn ends the process when an instance is collected whose device is still at work. */
const kept: GPU[] = [];

/**
 * Loads WebGPU and asks for the one device whose name contains `wanted`; null takes the first.
 * @throws ProofError `webgpu-missing`, `no-adapter`, `wrong-adapter`, `many-adapters`.
 */
export async function findAdapter(wanted: string | null): Promise<FoundAdapter> {
  const create = await loadWebGpu();
  const name = chooseName(await adapterNames(create), wanted);
  const gpu = create([`adapter=${name}`]);
  kept.push(gpu);
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (adapter === null) throw new ProofError('no-adapter', `WebGPU does not open ${name}.`);
  return { adapter, name, software: isSoftwareAdapter(adapter.info, name) };
}

type Create = typeof import('webgpu').create;

async function loadWebGpu(): Promise<Create> {
  try {
    const { create, globals } = await import('webgpu');
    Object.assign(globalThis, globals);
    return create;
  } catch (error) {
    throw new ProofError('webgpu-missing', `The package webgpu can not be loaded: ${said(error)}`);
  }
}

/** Dawn lists its devices only where none has the name that was asked for. */
async function adapterNames(create: Create): Promise<string[]> {
  const gpu = create(['adapter=(none has this name)']);
  kept.push(gpu);
  const refusal = await gpu.requestAdapter().then(() => '', said);
  return [...refusal.matchAll(/^ \* backend: '[^']*', name: '(.*)'$/gm)].map(
    ([, name = '']) => name,
  );
}

/** Two devices of one name can't be told apart, so that neither could be proven. */
function chooseName(names: readonly string[], wanted: string | null): string {
  const [first] = names;
  if (first === undefined) {
    const needs = 'On Linux it needs libvulkan.so.1 and the Vulkan driver of the card.';
    throw new ProofError('no-adapter', `WebGPU finds no device. ${needs}`);
  }
  const fitting = wanted === null ? [first] : names.filter((name) => isNamed(name, wanted));
  const [name] = fitting;
  if (name === undefined) {
    throw new ProofError('wrong-adapter', `WebGPU finds ${names.join(', ')}, and not ${wanted}.`);
  }
  if (names.filter((other) => other.includes(name)).length > 1) {
    const detail = `There are several devices named ${name}, which WebGPU does not tell apart.`;
    throw new ProofError('many-adapters', detail);
  }
  return name;
}

function isNamed(name: string, wanted: string): boolean {
  return name.toLowerCase().includes(wanted.toLowerCase());
}

function said(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
