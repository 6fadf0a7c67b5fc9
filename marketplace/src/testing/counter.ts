/** How often something happened, by name. */
export type Counts = Record<string, number>;

export function count(counts: Counts, name: string, times = 1): void {
  counts[name] = (counts[name] ?? 0) + times;
}

export function addCounts(total: Counts, more: Counts): void {
  for (const [name, times] of Object.entries(more)) count(total, name, times);
}
