import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from '../context.ts';
import { leaveOnInterrupt } from '../job/interrupt.ts';
import { exitCodeOfSignal } from '../job/outcome.ts';
import { Patience } from '../job/patience.ts';
import { printTable } from '../output/print-rows.ts';
import { type Column, formatTsv } from '../output/table.ts';

/** A list that is read again and again. */
export interface WatchedList<Row> {
  read(signal: AbortSignal): Promise<readonly Row[]>;
  everyMs: number;
  /** What a row is the same row by. */
  keyOf(row: Row): string;
  /** How a row is told that is no longer there. */
  gone(row: Row): Row;
  columns: readonly Column<Row>[];
}

const clearScreen = '\u001b[H\u001b[J';

/**
 * On a terminal the whole list, drawn anew; elsewhere each row when it comes, changes or goes, with the
 * time. Ends with Ctrl-C. @returns the exit code.
 */
export async function watchList<Row>(context: Context, list: WatchedList<Row>): Promise<number> {
  const { host } = context;
  const leave = new AbortController();
  const watch = leaveOnInterrupt(host, leave);
  const patience = patienceOf(context, leave.signal);
  const show = showerOf(context, list);
  try {
    for (;;) {
      const rows = await list.read(leave.signal).catch(async (error: unknown) => {
        await patience.fail(error);
        return null;
      });
      if (rows === null) continue;
      patience.succeed();
      await show(rows, new Date(host.clock.nowMs()).toISOString());
      await sleep(list.everyMs, undefined, { signal: leave.signal });
    }
  } catch (error) {
    if (watch.signal === null) throw error;
    return exitCodeOfSignal(watch.signal);
  } finally {
    watch.close();
  }
}

function patienceOf({ host, terminal }: Context, signal: AbortSignal): Patience {
  const say = (text: string) => void terminal.talk(terminal.talkPaint.dim(text));
  return new Patience({
    clock: host.clock,
    signal,
    onLost: () => say('connection lost, reconnecting'),
    onBack: () => say('connected again'),
  });
}

type Show<Row> = (rows: readonly Row[], at: string) => Promise<void>;

function showerOf<Row>(context: Context, list: WatchedList<Row>): Show<Row> {
  const { terminal, host } = context;
  const isDrawn = host.stdout.isTty && !terminal.json && host.env['TERM'] !== 'dumb';
  if (!isDrawn) return newsOf(context, list);
  return async (rows, at) => {
    await terminal.raw('stdout', clearScreen);
    await printTable(terminal, list.columns, rows);
    await terminal.data(terminal.paint.dim(`${rows.length} at ${at}; Ctrl-C ends`));
  };
}

function newsOf<Row>({ terminal }: Context, list: WatchedList<Row>): Show<Row> {
  let known = new Map<string, { row: Row; text: string }>();
  return async (rows, at) => {
    const seen = new Map(
      rows.map((row) => [list.keyOf(row), { row, text: JSON.stringify(row) }] as const),
    );
    const news = [...seen].filter(([key, { text }]) => known.get(key)?.text !== text);
    const gone = [...known].filter(([key]) => !seen.has(key));
    known = seen;
    const told = [...news.map(([, { row }]) => row), ...gone.map(([, { row }]) => list.gone(row))];
    for (const row of told) {
      if (terminal.json) await terminal.jsonLine({ at, ...row });
      else for (const line of formatTsv(list.columns, [row])) await terminal.data(`${at}\t${line}`);
    }
  };
}
