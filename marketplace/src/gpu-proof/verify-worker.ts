import { parentPort, workerData } from 'node:worker_threads';
import { readOpening } from '@node3/shared/gpu-proof/opening-codec';
import type { WireOpening } from '@node3/shared/gpu-proof/wire-opening';
import { type Promised, verifyOpenings } from './verify-openings.ts';

/** What a thread is given: structured cloning makes plain bytes of a Buffer. */
export interface CheckRequest {
  promised: Omit<Promised, 'root'>;
  /** Hexadecimal. */
  root: string;
  openings: WireOpening[];
}

const { openings, promised, root } = workerData as CheckRequest;
const finding = verifyOpenings(
  { ...promised, root: Buffer.from(root, 'hex') },
  openings.map(readOpening),
);
parentPort?.postMessage(finding, []);
