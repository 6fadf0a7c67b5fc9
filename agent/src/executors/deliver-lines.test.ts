import { Buffer } from 'node:buffer';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { deliverLines } from './deliver-lines.ts';
import type { LogLine, StreamBytes } from './executor.ts';
import type { LogFrame } from './log-frames.ts';
import { splitBlock } from './log-lines.ts';

const invalid = Buffer.from([0xff, 0x0a, 0xc3, 0x0a]);
const part = fc.oneof(
  fc
    .constantFrom('a', 'é€😀', '\n', '\r\n', '\n\n\n', 'line\nline\n', '\ufeff', '\0')
    .map((text) => Buffer.from(text)),
  fc
    .constantFrom('x'.repeat(5_461), 'x'.repeat(5_462), '€'.repeat(6_000), 'y'.repeat(20_000))
    .map((text) => Buffer.from(text)),
  fc.constant(invalid),
);
const output = fc.array(fc.record({ stream: fc.constantFrom('stdout', 'stderr'), part }), {
  maxLength: 14,
});
const reading = fc.record({
  /** Bytes of one frame. */
  cuts: fc.array(fc.constantFrom<number>(1, 2, 7, 16_384, 65_536), { minLength: 1, maxLength: 4 }),
  framesPerRead: fc.integer({ min: 1, max: 3 }),
  /** Whether the time goes on between reads. */
  isSlow: fc.boolean(),
  /** Of the blocks that are offered, which are taken. */
  takes: fc.array(fc.boolean(), { minLength: 1, maxLength: 4 }),
});
type Output = { stream: 'stdout' | 'stderr'; part: Buffer }[];
type Reading = typeof reading extends fc.Arbitrary<infer Value> ? Value : never;

/** What is handed over, in order, blocks as their lines. */
async function read(
  written: Output,
  { cuts, framesPerRead, isSlow, takes }: Reading,
  {
    from = { stdout: 0, stderr: 0 },
    bytesMax = 1e9,
  }: { from?: StreamBytes; bytesMax?: number } = {},
): Promise<LogLine[]> {
  const frames: LogFrame[] = [];
  for (const { stream, part: bytes } of written) {
    for (let at = 0; at < bytes.length; ) {
      const step = cuts[frames.length % cuts.length] ?? 1;
      const atMs = isSlow ? Math.floor(frames.length / framesPerRead) : 0;
      frames.push({ stream, atMs, payload: bytes.subarray(at, at + step) });
      at += step;
    }
  }
  async function* groups() {
    for (let at = 0; at < frames.length; at += framesPerRead) {
      yield frames.slice(at, at + framesPerRead);
    }
  }
  const lines: LogLine[] = [];
  let offered = 0;
  const delivery = {
    bytesMax,
    from,
    takesBlock(block: Parameters<typeof splitBlock>[0]) {
      offered += 1;
      if (takes[offered % takes.length] === false) return false;
      lines.push(...splitBlock(block));
      return true;
    },
  };
  await deliverLines(groups(), delivery, (line) => void lines.push(line));
  return lines;
}

/** Lines of one stream, as they are in its bytes: text, and where each ends. */
function linesOf(written: Output, stream: string): [string, number][] {
  const parts = written.filter((each) => each.stream === stream).map((each) => each.part);
  const bytes = Buffer.concat(parts);
  const lines: [string, number][] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf('\n', at) < 0 ? bytes.length : bytes.indexOf('\n', at);
    lines.push([bytes.toString('utf8', at, end), Math.min(end + 1, bytes.length)]);
    at = end + 1;
  }
  return lines;
}

/** The same of lines that were handed over: pieces of one are put together. */
function wholeLines(lines: LogLine[], stream: string): [string, number][] {
  let open = '';
  return lines.flatMap(({ text, continued, endsAt = 0, ...line }) => {
    if (line.stream !== stream) return [];
    open += text;
    if (continued) return [];
    const whole = open;
    open = '';
    return [[whole, endsAt] as [string, number]];
  });
}

it('lines are those of the bytes, however they come and whether they are taken together', async () => {
  await fc.assert(
    fc.asyncProperty(output, reading, async (written, how) => {
      const lines = await read(written, how);
      for (const stream of ['stdout', 'stderr']) {
        expect(wholeLines(lines, stream)).toEqual(linesOf(written, stream));
      }
    }),
    { numRuns: 60 },
  );
}, 60_000);

it('none is missing and none comes twice where reading goes on, at the end of any line', async () => {
  await fc.assert(
    fc.asyncProperty(output, reading, reading, fc.nat(), async (written, first, second, n) => {
      const whole = (await read(written, first)).filter(({ stream }) => stream === 'stdout');
      const at = n % (whole.length + 1);
      const from = { stdout: whole[at - 1]?.endsAt ?? 0, stderr: 0 };
      const rest = (await read(written, second, { from })).filter(
        (line) => line.stream === 'stdout',
      );
      const places = (lines: LogLine[]) => lines.map(({ text, endsAt }) => [text, endsAt]);
      expect(places(rest)).toEqual(places(whole.slice(at)));
    }),
    { numRuns: 40 },
  );
}, 60_000);

it('the limit cuts at the same byte, and says so once', async () => {
  await fc.assert(
    fc.asyncProperty(output, reading, fc.nat(30_000), async (written, how, bytesMax) => {
      const alone = { ...how, takes: [false] };
      const texts = (lines: LogLine[]) => lines.map(({ text, continued }) => [text, continued]);
      const expected = texts(await read(written, alone, { bytesMax }));
      expect(texts(await read(written, how, { bytesMax }))).toEqual(expected);
    }),
    { numRuns: 40 },
  );
}, 60_000);

it('a flood that is no UTF-8 is looked at once', async () => {
  const part = Buffer.concat([Buffer.from('\n'.repeat(100_000)), Buffer.from([0xff, 0x0a])]);
  const how = { cuts: [100_002], framesPerRead: 1, isSlow: false, takes: [true] };
  expect(await read([{ stream: 'stdout', part }], how)).toHaveLength(100_001);
});
