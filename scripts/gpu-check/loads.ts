import { spawn } from 'node:child_process';
import { ProofError } from '@node3/agent/gpu-proof/proof-error';
import { ProverProcess } from '@node3/agent/gpu-proof/prover-process';
import type { LoadLook } from './check-load.ts';

export interface Load {
  name: string;
  /** Resolves with what it said at its end. */
  ended: Promise<string>;
}

/** Matrix products on CUDA, for so many seconds: the usual work of a GPU. */
const torchProgram = `
import sys, time, torch
assert torch.cuda.is_available(), 'torch sees no CUDA device'
a = torch.randn(8192, 8192, device='cuda', dtype=torch.bfloat16)
print('running', flush=True)
end, n = time.time() + float(sys.argv[1]), 0
while time.time() < end:
    for _ in range(8): a @ a
    torch.cuda.synchronize(); n += 8
print(f'{n} products of 8192 x 8192 bfloat16 on {torch.cuda.get_device_name()}, torch {torch.__version__}')
`;

/** @returns a load that runs, or one sentence that says why there is none. */
export async function startLoad(look: LoadLook): Promise<Load | string> {
  const cuda = await startTorch(look.loadSec);
  if (typeof cuda !== 'string') return cuda;
  const webgpu = await startWebGpu(look);
  return typeof webgpu === 'string' ? `No load could be started. ${cuda} ${webgpu}` : webgpu;
}

function startTorch(loadSec: number): Promise<Load | string> {
  const child = spawn('python3', ['-c', torchProgram, String(loadSec)]);
  const started = Promise.withResolvers<Load | string>();
  const ended = Promise.withResolvers<string>();
  let said = '';
  let wrong = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
    if (said.includes('running')) started.resolve({ name: 'CUDA (torch)', ended: ended.promise });
  });
  child.stderr.on('data', (chunk: Buffer) => {
    wrong = `${wrong}${chunk.toString()}`.slice(-2_000);
  });
  child.once('error', () => started.resolve('python3 is not here.'));
  child.once('close', () => {
    const last = wrong.trim().split('\n').at(-1) ?? '';
    started.resolve(`CUDA through python3 and torch: ${last}`);
    ended.resolve(said.replace('running', '').trim() || last);
  });
  return started.promise;
}

/** Fillings of a gigabyte, one after another. */
async function startWebGpu({ environment, loadSec }: LoadLook): Promise<Load | string> {
  const prover = new ProverProcess({ environment, adapterName: null, software: 'refused' });
  const key = Uint32Array.from({ length: 8 }, (_, word) => word);
  const regionLines = 2 ** 22;
  const plan = { regions: 4, regionLines, rounds: 4_096, passes: 1, reads: 1, lanes: 64 };
  try {
    const first = await prover.fillMemory(plan, key);
    return { name: 'WebGPU', ended: fillAgain(first.adapter) };
  } catch (error) {
    prover.kill();
    if (error instanceof ProofError) return `WebGPU: ${error.message}`;
    throw error;
  }

  async function fillAgain(adapter: string): Promise<string> {
    const endMs = performance.now() + loadSec * 1_000;
    let fillings = 0;
    for (; performance.now() < endMs; fillings += 1) await prover.fillMemory(plan, key);
    prover.kill();
    return `${fillings} fillings of 1 GiB on ${adapter}`;
  }
}
