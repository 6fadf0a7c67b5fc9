import { lineWords, quarterRound, writeLine } from './chacha-line.ts';
import type { ProofPlan } from './proof-plan.ts';

/**
 * Walks one lane without any memory to read: each line is computed when it is needed. This is the
 * whole check, and a few milliseconds of one core where a device has gigabytes filled.
 *
 * @returns the four words of the lane's end.
 */
export function walkLane(
  plan: ProofPlan,
  fillKey: Uint32Array,
  walkKey: Uint32Array,
  lane: number,
): Uint32Array {
  const state = startLane(walkKey, lane);
  const line = new Uint32Array(lineWords);
  for (let pass = 0; pass < plan.passes; pass += 1) {
    for (let region = 0; region < plan.regions; region += 1) {
      for (let read = 0; read < plan.reads; read += 1) {
        const index = (state[0] as number) & (plan.regionLines - 1);
        writeLine(fillKey, plan.rounds, region, index, line);
        for (let word = 0; word < lineWords; word += 4) {
          absorb(state, line.subarray(word, word + 4));
        }
      }
    }
  }
  return state;
}

function startLane(walkKey: Uint32Array, lane: number): Uint32Array {
  const state = walkKey.slice(0, 4);
  state[0] = (state[0] as number) ^ lane;
  quarterRound(state, 0, 1, 2, 3);
  absorb(state, walkKey.subarray(4, 8));
  return state;
}

function absorb(state: Uint32Array, words: Uint32Array): void {
  for (let word = 0; word < 4; word += 1) {
    state[word] = (state[word] as number) + (words[word] as number);
  }
  quarterRound(state, 0, 1, 2, 3);
}
