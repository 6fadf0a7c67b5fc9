import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { NoAnswer } from './ask-marketplace.ts';
import { followJob, type Standing } from './follow-job.ts';
import type { Ask } from './read-round.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

type Answer = object | null | Error;

/** Follows a job whose link answers so, one list a round; throws where it is asked for more. */
function follow(rounds: Record<string, Answer>[]) {
  const asked: string[] = [];
  const seen: Standing[] = [];
  const stop = new AbortController();
  let round = -1;
  const ask: Ask = async (part, query) => {
    if (part === '') round += 1;
    asked.push(part + (query === undefined ? '' : `?after=${query.after}`));
    const answer = rounds[round]?.[part];
    if (answer === undefined) throw new TypeError(`nobody asks for ${part} in round ${round}`);
    if (answer instanceof Error) throw answer;
    return answer as never;
  };
  followJob({
    ask,
    linesMax: 2,
    clock: { nowMs: () => Date.now() },
    signal: stop.signal,
    show: (standing) => seen.push(standing),
  });
  const states = () => seen.map(({ state }) => state);
  return { asked, seen, states, stop, lines: () => seen.at(-1)?.shown?.lines };
}

const job = (state: string, shows = ['job', 'logs', 'artifacts']) => ({ state, shows });
const log = (texts: string[], nextAfter: number, ended = false) => ({
  data: texts.map((text) => ({ text })),
  nextAfter,
  ended,
  removedAt: null,
});
const files = { data: [{ name: 'model.bin' }] };

it('reads what is new every two seconds until the last line, then the files', async () => {
  const { asked, states, lines, seen } = follow([
    { '': job('running'), '/logs': log(['a', 'b'], 2), '/artifacts': { data: [] } },
    { '': job('succeeded'), '/logs': log(['c'], 3) },
    { '': job('succeeded'), '/logs': log(['d'], 4, true), '/artifacts': files },
  ]);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(states()).toEqual(['following', 'following', 'over']);
  expect(lines()).toEqual(['c', 'd']);
  expect(seen.at(-1)?.shown?.files).toEqual(files.data);
  const cursors = asked.filter((one) => one.startsWith('/logs'));
  expect(cursors).toEqual(['/logs?after=0', '/logs?after=2', '/logs?after=3']);
});

it('keeps what it has through failures, asks less and less, and as late as it is told', async () => {
  const shown = { '': job('running', ['job']) };
  const over = { '': job('failed', ['job']) };
  const { states, seen } = follow([
    shown,
    { '': new TypeError('away') },
    { '': new NoAnswer(20) },
    over,
  ]);
  await vi.advanceTimersByTimeAsync(0);
  const readAtMs = seen[0]?.readAtMs;
  await vi.advanceTimersByTimeAsync(2_000 + 4_000);
  expect(states()).toEqual(['following', 'late', 'late']);
  expect(seen.at(-1)).toMatchObject({ shown: { job: { state: 'running' } }, readAtMs });
  await vi.advanceTimersByTimeAsync(19_000);
  expect(seen).toHaveLength(3);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(states().at(-1)).toBe('over');
});

it('stops when the link has ended, and shows nothing of the job any more', async () => {
  const { states, seen } = follow([{ '': job('running', ['job']) }, { '': null }]);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(states()).toEqual(['following', 'ended']);
  expect(seen.at(-1)?.shown).toBe(null);
});

it('shows the log of a link that shows nothing else, and says when that ends', async () => {
  const { states, lines } = follow([
    { '': null, '/logs': log(['a'], 1), '/artifacts': null },
    { '': null, '/logs': null, '/artifacts': null },
  ]);
  await vi.advanceTimersByTimeAsync(0);
  expect(lines()).toEqual(['a']);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(states()).toEqual(['following', 'ended']);
});

it('asks for nothing more once it is stopped', async () => {
  const { asked, seen, stop } = follow([{ '': job('running', ['job']) }]);
  await vi.advanceTimersByTimeAsync(0);
  stop.abort();
  await vi.advanceTimersByTimeAsync(60_000);
  expect([asked.length, seen.length]).toEqual([1, 1]);
});
