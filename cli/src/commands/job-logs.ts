import { type LogLine, type LogStream, logStreams } from '@node3/shared/routes/jobs';
import { usageError } from '../command-error.ts';
import { type Context, connect } from '../context.ts';
import { talkingPatience } from '../job/attach.ts';
import { InterruptWatch } from '../job/interrupt.ts';
import { followLog, type LogStreamOptions, readPages } from '../job/log-stream.ts';
import { exitCodeOfSignal } from '../job/outcome.ts';
import { printLogLine } from '../job/print-log-line.ts';
import { requireJobId } from '../parse/job-id.ts';
import { parseWholeNumber } from '../parse/whole-number.ts';
import type { Call } from '../program/attach-action.ts';

export interface JobLogsOptions {
  follow?: boolean;
  stream?: string;
  after: string;
  timestamps?: boolean;
  raw?: boolean;
}

/** `node3 job logs`: the same lines during and after the job. Ctrl-C only stops looking. */
export async function showLogs(context: Context, call: Call<JobLogsOptions>): Promise<number> {
  const { options } = call;
  const leave = new AbortController();
  const watch = new InterruptWatch(context.host, () => leave.abort());
  const range = { min: 0, max: Number.MAX_SAFE_INTEGER };
  const stream = options.stream === undefined ? {} : { stream: parseStream(options.stream) };
  const source: LogStreamOptions = {
    client: connect(context, 'requester'),
    jobId: requireJobId(call.args[0]),
    cursor: { after: parseWholeNumber('--after', options.after, range) },
    patience: talkingPatience(context, leave.signal),
    signal: leave.signal,
    ...stream,
  };
  try {
    const lines = options.follow === true ? followLog(source) : readPages(source);
    for await (const line of lines) await show(context, options, line);
    return 0;
  } catch (error) {
    if (watch.signal === null) throw error;
    return exitCodeOfSignal(watch.signal);
  } finally {
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
  const text = options.timestamps === true ? `${line.at} ${line.text}` : line.text;
  await printLogLine({ terminal, mode }, { ...line, text });
}

function parseStream(text: string): LogStream {
  const stream = logStreams.find((name) => name === text);
  if (stream !== undefined) return stream;
  throw usageError(`--stream is "${text}".`, `Write one of: ${logStreams.join(', ')}.`);
}
