import { limits } from '@node3/shared/limits';
import { type LogLine, logStreams } from '@node3/shared/routes/jobs';
import { toTimestamp } from '@node3/shared/schema';
import { usageError } from '../command-error.ts';
import { type Context, connect } from '../context.ts';
import { talkingPatience } from '../job/attach.ts';
import { leaveOnInterrupt } from '../job/interrupt.ts';
import { type LogFile, openLogFile } from '../job/log-file.ts';
import { followLog, type LogStart, type LogStreamOptions, readPages } from '../job/log-stream.ts';
import { exitCodeOfSignal } from '../job/outcome.ts';
import { printLogLine } from '../job/print-log-line.ts';
import { parseSeconds } from '../parse/duration.ts';
import { requireJobId } from '../parse/job-id.ts';
import { parseWholeNumber } from '../parse/whole-number.ts';
import type { Call } from '../program/attach-action.ts';

export interface JobLogsOptions {
  follow?: boolean;
  stream?: string;
  after: string;
  last?: string;
  since?: string;
  output?: string;
  timestamps?: boolean;
  raw?: boolean;
}

/** `node3 job logs`: the same lines during and after the job. Ctrl-C only stops looking. */
export async function showLogs(context: Context, call: Call<JobLogsOptions>): Promise<number> {
  const { options } = call;
  const leave = new AbortController();
  const watch = leaveOnInterrupt(context.host, leave);
  const start = readStart(options, context.host.clock.nowMs());
  const stream = options.stream === undefined ? {} : { stream: parseStreams(options.stream) };
  const source: LogStreamOptions = {
    client: connect(context, 'requester'),
    jobId: requireJobId(call.args[0]),
    cursor: { after: start.after },
    start,
    patience: talkingPatience(context, leave.signal),
    signal: leave.signal,
    ...stream,
  };
  const path = options.output;
  let file: LogFile | null = null;
  try {
    const lines = options.follow === true ? followLog(source) : readPages(source);
    for await (const line of lines) {
      if (path === undefined) {
        await show(context, options, line);
        continue;
      }
      // Not before an answer: a job that is not there leaves no file.
      file ??= await openLogFile(path);
      await file.append(textOf(options, line) + (line.partial ? '' : '\n'));
    }
    if (path !== undefined) file ??= await openLogFile(path);
    return 0;
  } catch (error) {
    if (watch.signal === null) throw error;
    return exitCodeOfSignal(watch.signal);
  } finally {
    await file?.close();
    watch.close();
  }
}

async function show(context: Context, options: JobLogsOptions, line: LogLine): Promise<void> {
  const { terminal } = context;
  if (terminal.json) {
    await terminal.jsonLine(line);
    return;
  }
  const mode = options.raw === true ? 'raw' : 'safe';
  await printLogLine({ terminal, mode }, { ...line, text: textOf(options, line) });
}

function textOf({ timestamps }: JobLogsOptions, { at, text }: LogLine): string {
  return timestamps === true ? `${at} ${text}` : text;
}

function readStart(options: JobLogsOptions, nowMs: number): LogStart {
  const { last, since } = options;
  const range = { min: 0, max: Number.MAX_SAFE_INTEGER };
  const lastRange = { min: 0, max: limits.logLinesLastMax };
  return {
    after: parseWholeNumber('--after', options.after, range),
    ...(last === undefined ? {} : { last: parseWholeNumber('--last', last, lastRange) }),
    ...(since === undefined ? {} : { since: parseSince(since, nowMs) }),
  };
}

/** A time such as 2026-11-25T10:00:00Z, or how long ago. */
function parseSince(text: string, nowMs: number): string {
  const isTime = /^\d{4}-\d\d-\d\d/.test(text);
  const atMs = isTime ? Date.parse(text) : nowMs - parseSeconds('--since', text) * 1_000;
  if (Number.isFinite(atMs)) return toTimestamp(Math.max(0, atMs));
  const fix = 'Write a time such as 2026-11-25T10:00:00Z, or how long ago: 90s, 5m or 1h30m.';
  throw usageError(`--since is "${text}", which is not a time.`, fix);
}

function parseStreams(text: string): string {
  const names = text.split(',');
  if (names.every((name) => logStreams.some((stream) => stream === name))) {
    return [...new Set(names)].join(',');
  }
  throw usageError(`--stream is "${text}".`, `Write some of: ${logStreams.join(',')}.`);
}
