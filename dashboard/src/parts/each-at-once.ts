/** Requests under way at a time, where each thing that was chosen is a request of its own. */
const atOnce = 4;

/** Does the same with each of `items`, a few at a time. @returns what became of them, in their order. */
export async function eachAtOnce<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const left = [...items.entries()];
  async function next(): Promise<void> {
    for (let one = left.shift(); one !== undefined; one = left.shift()) {
      const [at, item] = one;
      results[at] = await work(item);
    }
  }
  await Promise.all(Array.from({ length: atOnce }, next));
  return results;
}
