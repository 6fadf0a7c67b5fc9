import { Buffer } from 'node:buffer';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { deliverLines } from '../executors/deliver-lines.ts';
import type { LineBlock, LogLine } from '../executors/executor.ts';
import type { LogFrame } from '../executors/log-frames.ts';
import { splitBlock } from '../executors/log-lines.ts';
import type { ReadMarks } from '../journal/journal.ts';
import { LogFilter } from './log-filter.ts';
import { ReadPlace } from './read-place.ts';
import { SecretRedactor } from './secret-redactor.ts';

const secret = 'correct-horse';
const redactors = { secret: new SecretRedactor([secret]), none: new SecretRedactor([]) };

/** What is on disk: lines, and with them the place. */
interface Disk {
  lines: LogLine[];
  read: ReadMarks | null;
}

interface Life {
  /** Of the lines that are kept in this life, each is followed by a commit or not. */
  commits: readonly boolean[];
  /** It ends when it has kept as many. */
  crash: 'at-the-end-of-commits' | 'never';
  /** The stream that comes first: a stored log may have them in another order. */
  first?: LogFrame['stream'];
}

interface Story {
  frames: readonly LogFrame[];
  /** Where there are no secrets lines are taken together. */
  values: keyof typeof redactors;
}

class Crash extends Error {}

/** Reads as the supervision does, from what is on disk and to the crash. */
async function live(
  disk: Disk,
  { frames: written, values }: Story,
  { commits, crash, first }: Life,
) {
  const frames = written.toSorted((a, b) => rank(a, first) - rank(b, first));
  const place = new ReadPlace(disk.read);
  const filter = new LogFilter(redactors[values]);
  let pending: LogLine[] = [];
  let kept = 0;
  const commit = () => {
    if (pending.length === 0) return;
    disk.lines.push(...pending);
    disk.read = place.marks;
    pending = [];
  };
  const keep = (...lines: LogLine[]) => {
    pending.push(...lines);
    if (commits[kept] === true) commit();
    kept += 1;
    if (crash !== 'never' && kept >= commits.length) throw new Crash();
  };
  async function* groups() {
    for (const frame of frames) yield [frame];
  }
  const from = place.from ?? { stdout: 0, stderr: 0 };
  try {
    const takesBlock = (block: LineBlock) => {
      if (place.isBegun(block) || !filter.isPlainBytes(block.bytes)) return false;
      place.passBlock(block, () => keep(...splitBlock(block)));
      return true;
    };
    await deliverLines(groups(), { bytesMax: 1e9, from, takesBlock }, (line) => {
      place.pass(line, filter.push(line), (shown) => keep(shown));
    });
    filter.end().forEach((shown) => keep(shown));
    commit();
  } catch (error) {
    if (!(error instanceof Crash)) throw error;
  }
}

const rank = ({ stream }: LogFrame, first?: LogFrame['stream']) =>
  first === undefined || stream === first ? 0 : 1;

const textsOf = ({ lines }: Disk, stream: LogLine['stream']) =>
  lines.filter((line) => line.stream === stream).map(({ text, continued }) => [text, continued]);

const crash = 'at-the-end-of-commits' as const;
const text = fc.oneof(
  fc.constantFrom('a', 'é€', '\n', '\n', secret, secret.slice(0, 7), '\u001b[1m', 'line\nline\n'),
  fc.constantFrom('x'.repeat(16_384), 'y'.repeat(17_000), `${'z'.repeat(16_379)}${secret}`),
);
const output = fc.array(fc.record({ stream: fc.constantFrom('stdout', 'stderr'), text }), {
  maxLength: 12,
});
const lives = fc.array(
  fc.record({
    commits: fc.array(fc.boolean(), { minLength: 1, maxLength: 8 }),
    crash: fc.constant(crash),
    first: fc.constantFrom('stdout', 'stderr'),
  }),
  { maxLength: 4 },
);

async function judge(
  written: { stream: 'stdout' | 'stderr'; text: string }[],
  crashes: Life[],
  values: Story['values'],
) {
  const frames = written.map(({ stream, text: payload }, atMs): LogFrame => {
    return { stream, atMs, payload: Buffer.from(payload) };
  });
  const story = { frames, values };
  const whole: Disk = { lines: [], read: null };
  await live(whole, story, { commits: [], crash: 'never' });
  const disk: Disk = { lines: [], read: null };
  for (const life of crashes) await live(disk, story, life);
  await live(disk, story, { commits: [], crash: 'never' });
  for (const stream of ['stdout', 'stderr'] as const) {
    expect(textsOf(disk, stream)).toEqual(textsOf(whole, stream));
  }
}

/** Two pieces are kept; then a line of the other stream, before they have come again. */
const withinLongLine: Parameters<typeof judge> = [
  [
    { stream: 'stdout', text: 'y'.repeat(40_000) },
    { stream: 'stderr', text: 'a\n' },
  ],
  [
    { commits: [true, true], crash, first: 'stdout' },
    { commits: [true], crash, first: 'stderr' },
  ],
  'secret',
];

it('after any crashes the kept lines are those of one undisturbed reading', async () => {
  const values = fc.constantFrom('secret', 'none');
  await fc.assert(fc.asyncProperty(output, lives, values, judge), {
    numRuns: 200,
    examples: [withinLongLine],
  });
});
