/** How settled the state must be that a caller wants to see. */
export type Commitment = 'processed' | 'confirmed' | 'finalized';

export const commitments: readonly Commitment[] = ['processed', 'confirmed', 'finalized'];

/** Slots between a transaction landing and reaching each commitment. */
export type CommitmentLags = Readonly<Record<Commitment, number>>;

/** Older clients still send the names from before 2020. */
const names: Readonly<Record<string, Commitment>> = {
  processed: 'processed',
  recent: 'processed',
  confirmed: 'confirmed',
  single: 'confirmed',
  singleGossip: 'confirmed',
  finalized: 'finalized',
  root: 'finalized',
  max: 'finalized',
};

/** @returns null for a name that is none of Solana's. */
export function commitmentFromName(name: string): Commitment | null {
  return Object.hasOwn(names, name) ? (names[name] ?? null) : null;
}
