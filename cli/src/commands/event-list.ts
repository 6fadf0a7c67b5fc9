import type { Client } from '@node3/shared/client';
import { limits } from '@node3/shared/limits';
import { type EventView, listEvents } from '@node3/shared/routes/events';
import { usageError } from '../command-error.ts';
import { type Context, connect } from '../context.ts';
import { followEvents } from '../events/follow-events.ts';
import { exitCodes } from '../exit-codes.ts';
import { talkingPatience } from '../job/attach.ts';
import { leaveOnInterrupt } from '../job/interrupt.ts';
import { exitCodeOfSignal } from '../job/outcome.ts';
import { printRows } from '../output/print-rows.ts';
import { type Column, formatTsv } from '../output/table.ts';
import { isJobId, requireJobId } from '../parse/job-id.ts';
import { parseWholeNumber } from '../parse/whole-number.ts';
import type { Call } from '../program/attach-action.ts';

export interface EventListOptions {
  within?: string;
  types?: string;
  after?: string;
  limit: string;
  follow?: boolean;
}

interface EventQuery {
  types?: string;
  jobId?: string;
}

export async function listOwnEvents(
  context: Context,
  { options }: Call<EventListOptions>,
): Promise<number> {
  const { within } = options;
  return showEvents(context, options, within === undefined ? {} : { jobId: readScope(within) });
}

/** `node3 job events ID`. */
export async function showJobEvents(
  context: Context,
  { options, args }: Call<EventListOptions>,
): Promise<number> {
  return showEvents(context, options, { jobId: requireJobId(args[0]) });
}

async function showEvents(
  context: Context,
  options: EventListOptions,
  scope: EventQuery,
): Promise<number> {
  const { types } = options;
  const query = { ...scope, ...(types === undefined ? {} : { types }) };
  const limit = parseWholeNumber('--limit', options.limit, { min: 1, max: limits.eventsPerPage });
  const client = connect(context, 'requester');
  const after = options.after === undefined ? null : readPosition(options.after);
  const page =
    after === null
      ? await readLast(client, query, limit)
      : await client.call(listEvents, { query: { ...query, after, limit } });
  if (options.follow !== true) {
    await printRows(context, page, eventColumns, 'No events.');
    return exitCodes.ok.code;
  }
  for (const event of page.data) await printEvent(context, event);
  return follow(context, client, query, page.nextAfter);
}

/** Goes on until Ctrl-C, over lost connections, without a gap. */
async function follow(
  context: Context,
  client: Client,
  query: EventQuery,
  after: number,
): Promise<number> {
  const leave = new AbortController();
  const watch = leaveOnInterrupt(context.host, leave);
  const patience = talkingPatience(context, leave.signal);
  try {
    const events = followEvents({ client, query, after, patience, signal: leave.signal });
    for await (const event of events) await printEvent(context, event);
  } catch (error) {
    if (watch.signal === null) throw error;
  } finally {
    watch.close();
  }
  return watch.signal === null ? exitCodes.ok.code : exitCodeOfSignal(watch.signal);
}

/** The newest events: the log is read forwards only, so all of it goes by. */
async function readLast(client: Client, query: EventQuery, limit: number) {
  let data: EventView[] = [];
  let after = 0;
  for (;;) {
    const page = await client.call(listEvents, {
      query: { ...query, after, limit: limits.eventsPerPage },
    });
    data = [...data, ...page.data].slice(-limit);
    after = page.nextAfter;
    if (!page.more) return { data, nextAfter: after, more: false };
  }
}

async function printEvent({ terminal }: Context, event: EventView): Promise<void> {
  if (terminal.json) await terminal.jsonLine(event);
  else for (const line of formatTsv(eventColumns, [event])) await terminal.data(line);
}

const eventColumns: Column<EventView>[] = [
  { title: 'SEQ', align: 'right', value: ({ seq }) => String(seq) },
  { title: 'AT', value: ({ at }) => at },
  { title: 'EVENT', value: ({ type }) => type },
  { title: 'JOB', value: ({ jobId }) => jobId ?? '-' },
  { title: 'REASON', value: ({ reason }) => reason ?? '-' },
  { title: 'DATA', value: ({ data }) => factsText(data) },
];

function factsText(data: EventView['data']): string {
  return Object.entries(data)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
}

/** `job:ID`, or the id alone. */
function readScope(text: string): string {
  const id = text.replace(/^job:/, '');
  if (isJobId(id)) return id;
  throw usageError(`--within is "${text}".`, 'Write job: and the id of a job.');
}

function readPosition(text: string): number {
  return parseWholeNumber('--after', text, { min: 0, max: Number.MAX_SAFE_INTEGER });
}
