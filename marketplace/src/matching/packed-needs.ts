/**
 * Eight small amounts in two integers: fields of seven bits, each with a guard bit above it, so that
 * "every field of this is at most that" is one subtraction. What is compared are lower bounds; the
 * exact check comes after.
 */
const guards = 0x80808080 | 0;
const fields = 0x7f7f7f7f;

export function pack(a: number, b: number, c: number, d: number): number {
  return (a << 24) | (b << 16) | (c << 8) | d;
}

/** Whether no field of `need` is larger than the same one of `have`. */
export function isWithin(need: number, have: number): boolean {
  return (((have | guards) - need) & guards) === guards;
}

/** The smaller of each two fields. */
export function packedMin(a: number, b: number): number {
  const over = ((a | guards) - b) & guards;
  const chooseB = over - (over >>> 7);
  return (b & chooseB) | (a & ~chooseB & fields);
}

/** The same comparison seen from the other side: `x` is within `y` exactly when `flip(y)` is within `flip(x)`. */
export function flip(packed: number): number {
  return fields - packed;
}

/** Each field rounded up, so that amounts within a doubling or two look alike; never less than it was. */
export function coarser(packed: number): number {
  return packed | 0x07070707;
}

export const fieldMax = 127;

const words = new Float64Array(1);
const halves = new Uint32Array(words.buffer);
const highHalf = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? 1 : 0;

/**
 * Steps on a scale that grows with the amount, exactly monotone: taken from the bits of the number,
 * since a logarithm is rounded. `perOctave` is a power of two.
 */
function steps(amount: number, from: number, perOctave: 4 | 8): number {
  words[0] = amount;
  const shift = perOctave === 4 ? 18 : 17;
  const bits = (halves[highHalf] ?? 0) >>> shift;
  words[0] = from;
  const step = bits - ((halves[highHalf] ?? 0) >>> shift);
  return Math.max(0, Math.min(fieldMax, step));
}

/** From 1 MiB to 4 PiB in steps of a quarter of a doubling; less is 0. */
export function bytesStep(bytes: number): number {
  return steps(bytes, 2 ** 20, 4);
}

/** From 1/16 to 4096 cores in steps of an eighth of a doubling. */
export function cpusStep(cpus: number): number {
  return steps(Math.max(0, cpus), 2 ** -4, 8);
}

/** Versions such as 8.9 as 89; larger minor parts than 9 count as 9, which is never too little. */
export function versionStep(version: string | null | undefined): number {
  if (version === null || version === undefined) return 0;
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const step = major * 10 + Math.min(9, minor);
  return Number.isFinite(step) ? Math.max(0, Math.min(fieldMax, Math.floor(step))) : fieldMax;
}
