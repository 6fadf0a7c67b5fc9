const units = [
  ['TiB', 1024 ** 4],
  ['GiB', 1024 ** 3],
  ['MiB', 1024 ** 2],
  ['KiB', 1024],
  ['TB', 1e12],
  ['GB', 1e9],
  ['MB', 1e6],
] as const;

/** A size as a person would type it, and exactly: `2 GiB`, `1500 MB`, `1234567`. */
export function exactSize(bytes: number): string {
  const texts = units
    .filter(([, factor]) => bytes >= factor && bytes % factor === 0)
    .map(([name, factor]) => `${bytes / factor} ${name}`);
  return texts.toSorted((one, other) => one.length - other.length)[0] ?? String(bytes);
}
