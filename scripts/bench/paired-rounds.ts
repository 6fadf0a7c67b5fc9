import { median } from './report.ts';

/** What each contender measured in each round; a round that failed has no entry. */
export type Rounds<Sample> = Map<string, (Sample | null)[]>;

interface Named {
  name: string;
}

/**
 * Measures every contender once in every round, in turning order: what the machine does meanwhile
 * happens to all of them, and a ratio inside one round is free of it.
 */
export async function pairedRounds<C extends Named, Sample>(
  contenders: readonly C[],
  rounds: number,
  measure: (contender: C) => Promise<Sample>,
  say: (text: string) => void,
): Promise<Rounds<Sample>> {
  const found: Rounds<Sample> = new Map(contenders.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    const first = round % Math.max(1, contenders.length);
    for (const contender of [...contenders.slice(first), ...contenders.slice(0, first)]) {
      found.get(contender.name)?.push(await tryOnce(contender, measure, say));
    }
    say(`  round ${round + 1} of ${rounds}`);
  }
  return found;
}

/** A round that one of them can't finish says nothing about it; the others go on. */
async function tryOnce<C extends Named, Sample>(
  contender: C,
  measure: (contender: C) => Promise<Sample>,
  say: (text: string) => void,
): Promise<Sample | null> {
  try {
    return await measure(contender);
  } catch (error) {
    say(`  ${contender.name}: ${error instanceof Error ? error.message : String(error)}`);
    return null;
  }
}

export interface Spread {
  median: number;
  min: number;
  max: number;
  rounds: number;
}

export function spreadOf(values: readonly (number | null)[]): Spread | null {
  const known = values.filter((value) => value !== null && Number.isFinite(value));
  const numbers = known.map(Number);
  if (numbers.length === 0) return null;
  return {
    median: median(numbers),
    min: Math.min(...numbers),
    max: Math.max(...numbers),
    rounds: numbers.length,
  };
}

/** One figure of one contender over all rounds. */
export function figures<Sample>(
  rounds: Rounds<Sample>,
  name: string,
  pick: (sample: Sample) => number | null,
): (number | null)[] {
  return (rounds.get(name) ?? []).map((sample) => (sample === null ? null : pick(sample)));
}

/** Ours divided by theirs, round by round. */
export function ratios<Sample>(
  rounds: Rounds<Sample>,
  [ours, theirs]: readonly [string, string],
  pick: (sample: Sample) => number | null,
): (number | null)[] {
  const others = figures(rounds, theirs, pick);
  return figures(rounds, ours, pick).map((value, round) => {
    const other = others[round] ?? null;
    return value === null || other === null || other === 0 ? null : value / other;
  });
}
