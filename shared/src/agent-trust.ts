import type { AgentReputation } from './routes/agent-standing.ts';

const axes = ['completion', 'correctness', 'availability'] as const;

/** How likely a job that it takes ends well, by what was seen, 0 to 1; null: nothing was yet. */
export function trustOf(reputation: AgentReputation): number | null {
  const known = axes.map((axis) => reputation[axis]).filter(({ value }) => value !== null);
  const weight = known.reduce((sum, axis) => sum + axis.weight, 0);
  if (weight === 0) return null;
  return known.reduce((sum, axis) => sum + (axis.value ?? 0) * axis.weight, 0) / weight;
}
