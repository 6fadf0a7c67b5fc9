import { hash } from 'node:crypto';

/** Whose memory is filled, and when: what was computed for one proof is of no use for another. */
export interface ProofSubject {
  agentId: string;
  deviceId: string;
  /** When the marketplace asked, milliseconds since the Unix epoch. */
  epoch: number;
}

/** The 8 words that say what each line of memory holds. `seed` is hexadecimal and known from the start. */
export function fillKeyOf(seed: string, subject: ProofSubject): Uint32Array {
  const { agentId, deviceId, epoch } = subject;
  return words('node3 gpu proof 1: fill', [seed, agentId, deviceId, String(epoch)]);
}

/** The 8 words where the walk begins. `seed` is secret until the memory of all devices is filled. */
export function walkKeyOf(seed: string, subject: ProofSubject): Uint32Array {
  const { agentId, deviceId, epoch } = subject;
  return words('node3 gpu proof 1: walk', [seed, agentId, deviceId, String(epoch)]);
}

/** JSON keeps the parts apart: no two lists of them give the same text. */
function words(purpose: string, parts: readonly string[]): Uint32Array {
  const digest = hash('sha256', JSON.stringify([purpose, ...parts]), 'buffer');
  return Uint32Array.from({ length: 8 }, (_, word) => digest.readUInt32LE(word * 4));
}
