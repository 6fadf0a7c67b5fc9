import { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { ProverRequest } from './messages.ts';
import { Prover } from './prover.ts';

/**
 * A process of its own: a driver that crashes or hangs takes nothing with it, and memory comes back
 * with its end. It ends with its input. It
 * answers on descriptor 3, since Dawn prints its own words to standard output.
 */
async function main(): Promise<void> {
  const prover = new Prover();
  const answers = new Socket({ fd: 3, readable: false, writable: true });
  for await (const line of createInterface({ input: process.stdin })) {
    const answer = await prover.answer(JSON.parse(line) as ProverRequest);
    answers.write(`${JSON.stringify(answer)}\n`);
  }
  // Dawn keeps threads that would hold the process.
  process.exit(0);
}

void main();
