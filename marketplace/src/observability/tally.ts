/** Counts things by their labels. */
export class Tally<Labels extends Record<string, string>> {
  readonly #counts = new Map<string, { labels: Labels; value: number }>();

  add(labels: Labels, by = 1): void {
    const key = Object.values(labels).join('\n');
    const found = this.#counts.get(key);
    if (found === undefined) this.#counts.set(key, { labels, value: by });
    else found.value += by;
  }

  samples(): { labels: Labels; value: number }[] {
    return [...this.#counts.values()];
  }
}
