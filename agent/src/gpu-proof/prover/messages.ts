import type { ProofPlan } from '@node3/shared/gpu-proof/proof-plan';
import type { WireOpening } from '@node3/shared/gpu-proof/wire-opening';
import type { ProofFailure } from '../proof-error.ts';

/** What the prover is told, one JSON text a line; keys and roots are hexadecimal. */
export type ProverRequest =
  | {
      type: 'fill';
      plan: ProofPlan;
      fillKey: string;
      /** Part of the name of the device; null takes the strongest. */
      adapterName: string | null;
      /** Whether a device that is a program on the processor may answer: only to test the mathematics. */
      software: 'refused' | 'allowed';
    }
  | { type: 'walk'; walkKey: string }
  | { type: 'open'; lanes: number[] };

/** What it answers, one for each request and in their order. */
export type ProverAnswer =
  | { type: 'filled'; adapter: string; software: boolean; allocateMs: number; fillMs: number }
  | { type: 'walked'; root: string; walkMs: number; hashMs: number }
  | { type: 'opened'; openings: WireOpening[] }
  | { type: 'failed'; failure: ProofFailure; detail: string };
