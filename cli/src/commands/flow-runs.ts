import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@node3/shared/client';
import { isMarketError } from '@node3/shared/error';
import { isTerminalFlowRun, isTerminalFlowStep } from '@node3/shared/flow-state';
import { idPattern } from '@node3/shared/ids';
import { getRunCost, type RunCost } from '@node3/shared/routes/flows';
import {
  cancelRun,
  getRun,
  type RunDetail,
  type RunStarted,
  rerunRun,
  startRun,
} from '@node3/shared/routes/redmind';
import { type Context, connect } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { chooseKey, namingKey } from '../http/idempotency-key.ts';
import { talkingPatience } from '../job/attach.ts';
import { readInput } from '../job/read-workload.ts';
import { stopOnInterrupt } from '../job/stop-on-interrupt.ts';
import { moneyText } from '../output/words.ts';
import { parseSeconds } from '../parse/duration.ts';
import { parseEnvironment } from '../parse/key-values.ts';
import type { Call } from '../program/attach-action.ts';
import { readGraph } from './flows.ts';

interface StayOptions {
  detach?: boolean;
}

export interface RunFlowOptions extends StayOptions {
  input?: string;
  timeout?: string;
  secret?: string[];
}

/** How often a run is looked at: as the editor does that these runs come from. */
const lookMs = 1_000;

/** `node3 flow run`: starts a saved flow, or a graph from a file, and says what its steps do. */
export async function runFlow(
  context: Context,
  { args, options }: Call<RunFlowOptions>,
): Promise<number> {
  const { host } = context;
  const [name = ''] = args;
  const { timeout, secret } = options;
  const isSaved = new RegExp(idPattern('flow')).test(name);
  const body = {
    ...(isSaved ? { flow_id: name } : { flow: await readGraph(host, name) }),
    ...(await readInput(host, options)),
    ...(timeout !== undefined && { timeout_seconds: parseSeconds('--timeout', timeout) }),
    ...(secret !== undefined && { secrets: parseEnvironment(secret, host.env, '--secret') }),
  };
  const idempotencyKey = chooseKey(context);
  const client = connect(context, 'requester');
  const started = client.call(startRun, { body }, { idempotencyKey });
  return stay(context, client, options, await namingKey(idempotencyKey, started));
}

export interface RerunFlowOptions extends StayOptions {
  from?: string;
}

export async function rerunFlow(
  context: Context,
  { args, options }: Call<RerunFlowOptions>,
): Promise<number> {
  const body = options.from === undefined ? {} : { from_node: options.from };
  const idempotencyKey = chooseKey(context);
  const client = connect(context, 'requester');
  const params = { runId: args[0] ?? '' };
  const started = client.call(rerunRun, { params, body }, { idempotencyKey });
  return stay(context, client, options, await namingKey(idempotencyKey, started));
}

/** `node3 flow get`: the steps and the result of a run, as they are now. */
export async function showFlowRun(context: Context, { args }: Call<object>): Promise<number> {
  const { terminal } = context;
  const params = { runId: args[0] ?? '' };
  const client = connect(context, 'requester');
  const [run, costs] = await Promise.all([
    client.call(getRun, { params }),
    client.call(getRunCost, { params }).catch(costsUnknown),
  ]);
  if (terminal.json) {
    await terminal.object({ ...run, costs: costs.data });
    return 0;
  }
  await terminal.data(`${run.runId}  ${run.status}`);
  for (const step of run.trace) await terminal.data(stepLine(step));
  for (const { charged, held } of costs.data) {
    const isOpen = Number(held.amount) > 0;
    const rest = isOpen ? `, with ${moneyText(held)} held for what is open` : '';
    await terminal.data(`charged   ${moneyText(charged)}${rest}`);
  }
  await printEnd(context, run);
  return 0;
}

/** An older marketplace does not tell them. */
function costsUnknown(error: unknown): { data: RunCost[] } {
  if (isMarketError(error, 'ROUTE_NOT_FOUND')) return { data: [] };
  throw error;
}

export async function cancelFlowRun(context: Context, { args }: Call<object>): Promise<number> {
  const { terminal } = context;
  const params = { runId: args[0] ?? '' };
  const run = await connect(context, 'requester').call(cancelRun, { params });
  await (terminal.json ? terminal.object(run) : terminal.data(`${run.runId}  ${run.status}`));
  return 0;
}

async function stay(
  context: Context,
  client: Client,
  { detach }: StayOptions,
  started: RunStarted,
): Promise<number> {
  const { terminal, host } = context;
  const { runId } = started;
  if (detach === true) {
    await (terminal.json ? terminal.object(started) : terminal.data(runId));
    return 0;
  }
  await terminal.talk(`run       ${runId}`);
  const howToGoOn = () =>
    `The run goes on; look at it with: ${host.command} flow get ${runId}\n` +
    `Stop it with: ${host.command} flow cancel ${runId}`;
  const run = await stopOnInterrupt(context, howToGoOn, (signal) =>
    follow(context, client, runId, signal),
  );
  if (terminal.json) await terminal.object(run);
  else await printEnd(context, run);
  if (run.status === 'completed') return exitCodes.ok.code;
  return (run.status === 'timeout' ? exitCodes.runTimeout : exitCodes.jobFailed).code;
}

/** Says one line for each step that is over, until the run is. A lost connection is waited for. */
async function follow(
  context: Context,
  client: Client,
  runId: string,
  signal: AbortSignal,
): Promise<RunDetail> {
  const { terminal } = context;
  const patience = talkingPatience(context, signal);
  const told = new Set<string>();
  for (;;) {
    try {
      const run = await client.call(getRun, { params: { runId } }, { signal });
      patience.succeed();
      const ended = run.trace.filter(({ status }) => isTerminalFlowStep(status));
      for (const step of ended) {
        if (!told.has(step.nodeId)) await terminal.talk(stepLine(step));
        told.add(step.nodeId);
      }
      if (isTerminalFlowRun(run.status)) return run;
      await sleep(lookMs, undefined, { signal });
    } catch (error) {
      await patience.fail(error);
    }
  }
}

function stepLine({ nodeId, status, durationMs, error }: RunDetail['trace'][number]): string {
  const time = durationMs === null ? '' : `  ${durationMs} ms`;
  const why = error === null ? '' : `  ${error.code}: ${error.message}`;
  return `${status.padEnd(9)} ${nodeId}${time}${why}`;
}

async function printEnd({ terminal }: Context, { status, error, result }: RunDetail) {
  if (status === 'completed') await terminal.data(JSON.stringify(result, null, 2));
  if (error === null) return;
  await terminal.complain(`${status}: ${error.message}`);
  await terminal.complain(error.fix);
}
