/** Lines that a link leads to. */
export interface LineRange {
  from: number;
  to: number;
}

/** @param hash as of an address, such as `#L120` or `#L120-L140`. */
export function readLineRange(hash: string): LineRange | null {
  const match = /^#L(\d{1,10})(?:-L(\d{1,10}))?$/.exec(hash);
  if (match === null) return null;
  const [first, second] = [Number(match[1]), Number(match[2] ?? match[1])];
  if (first === 0 || second === 0) return null;
  return { from: Math.min(first, second), to: Math.max(first, second) };
}

export function writeLineRange({ from, to }: LineRange): string {
  return from === to ? `#L${from}` : `#L${from}-L${to}`;
}
