import { assert } from '@node3/shared/assert';
import { LaneTree } from '@node3/shared/gpu-proof/lane-tree';
import { writeOpening } from '@node3/shared/gpu-proof/opening-codec';
import { ProofError } from '../proof-error.ts';
import { DeviceMemory } from './device-memory.ts';
import { findAdapter } from './find-adapter.ts';
import type { ProverAnswer, ProverRequest } from './messages.ts';

type Fill = Extract<ProverRequest, { type: 'fill' }>;

/** One device's side of one proof: fill, then walk, then open what the marketplace picked. */
export class Prover {
  #memory: DeviceMemory | null = null;
  #fillKey = new Uint32Array(8);
  #tree: LaneTree | null = null;

  async answer(request: ProverRequest): Promise<ProverAnswer> {
    try {
      if (request.type === 'fill') return await this.#fill(request);
      if (request.type === 'walk') return await this.#walk(wordsOf(request.walkKey));
      return this.#open(request.lanes);
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      const failure = error instanceof ProofError ? error.failure : 'prover-failed';
      return { type: 'failed', failure, detail };
    }
  }

  async #fill({ plan, fillKey, adapterName, software }: Fill): Promise<ProverAnswer> {
    const startedMs = performance.now();
    const found = await findAdapter(adapterName);
    if (found.software && software === 'refused') {
      const detail = `${found.name} is a program on the processor, and no GPU.`;
      throw new ProofError('software-adapter', detail);
    }
    const memory = await DeviceMemory.allocate(found.adapter, plan);
    this.#memory = memory;
    this.#fillKey = wordsOf(fillKey);
    const allocatedMs = performance.now();
    await orLost(memory, memory.fillLines(this.#fillKey));
    return {
      type: 'filled',
      adapter: found.name,
      software: found.software,
      allocateMs: allocatedMs - startedMs,
      fillMs: performance.now() - allocatedMs,
    };
  }

  async #walk(walkKey: Uint32Array): Promise<ProverAnswer> {
    const memory = this.#memory;
    assert(memory !== null, 'memory is filled before it is walked');
    const startedMs = performance.now();
    const lanes = await orLost(memory, memory.walk(this.#fillKey, walkKey));
    const walkedMs = performance.now();
    const tree = new LaneTree(lanes);
    this.#tree = tree;
    // A driver takes seconds to take back a hundred gigabytes, which the answer must not wait for.
    setImmediate(() => memory.free());
    return {
      type: 'walked',
      root: tree.root.toString('hex'),
      walkMs: walkedMs - startedMs,
      hashMs: performance.now() - walkedMs,
    };
  }

  #open(lanes: readonly number[]): ProverAnswer {
    const tree = this.#tree;
    assert(tree !== null, 'a walk comes before its lanes are opened');
    return { type: 'opened', openings: lanes.map((lane) => writeOpening(tree.open(lane))) };
  }
}

/** A device that hangs is lost by its driver, and then what was asked of it never ends. */
async function orLost<T>(memory: DeviceMemory, work: Promise<T>): Promise<T> {
  const lost = memory.lost.then(({ message, reason }): T => {
    throw new ProofError('device-lost', `The driver lost the device: ${message} (${reason})`);
  });
  return Promise.race([work, lost]);
}

function wordsOf(hex: string): Uint32Array<ArrayBuffer> {
  const bytes = Buffer.from(hex, 'hex');
  return Uint32Array.from({ length: 8 }, (_, word) => bytes.readUInt32LE(word * 4));
}
