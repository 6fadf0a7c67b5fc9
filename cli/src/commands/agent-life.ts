import { setTimeout as sleep } from 'node:timers/promises';
import { getAgentStatus, setAgentMode, stopAgent } from '@node3/shared/routes/agent-local';
import { askAgent, callAgent, connectAgent, type LocalAgentOptions } from '../agent/local-agent.ts';
import { CommandError } from '../command-error.ts';
import type { Context } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { parseSeconds } from '../parse/duration.ts';
import type { Call } from '../program/attach-action.ts';

const meanings = {
  run: 'takes jobs again, as far as its policy allows',
  pause: 'takes no new jobs until: node3 agent resume',
  drain: 'takes no new jobs, lets running ones finish, and ends then',
} as const;

async function setMode(
  context: Context,
  options: LocalAgentOptions,
  mode: 'run' | 'pause' | 'drain',
): Promise<void> {
  const agent = await connectAgent(context, options);
  const answer = await callAgent(agent, setAgentMode, { body: { mode } });
  await context.terminal.talk(meanings[answer.mode]);
  if (context.terminal.json) await context.terminal.object(answer);
  else await context.terminal.data(answer.mode);
}

export async function pauseAgent(context: Context, call: Call<LocalAgentOptions>): Promise<number> {
  await setMode(context, call.options, 'pause');
  return exitCodes.ok.code;
}

export async function resumeAgent(
  context: Context,
  call: Call<LocalAgentOptions>,
): Promise<number> {
  await setMode(context, call.options, 'run');
  return exitCodes.ok.code;
}

export interface LeaveOptions extends LocalAgentOptions {
  /** How long to wait for the end. */
  wait?: string;
}

const lookMs = 250;
const stopMsMax = 60_000;

export async function drainAgent(context: Context, call: Call<LeaveOptions>): Promise<number> {
  const { wait } = call.options;
  const waitMs = wait === undefined ? 0 : parseSeconds('--wait', wait) * 1_000;
  await setMode(context, call.options, 'drain');
  if (waitMs > 0) await awaitEnd(context, call.options, waitMs);
  return exitCodes.ok.code;
}

export async function stopLocalAgent(
  context: Context,
  { options }: Call<LocalAgentOptions>,
): Promise<number> {
  const { terminal } = context;
  const agent = await connectAgent(context, options);
  const { active } = await callAgent(agent, stopAgent, { body: {} });
  if (active > 0) {
    await terminal.talk(`${active} jobs run on; the next start takes them over`);
  }
  await awaitEnd(context, options, stopMsMax);
  if (terminal.json) await terminal.object({ active });
  else await terminal.data('stopped');
  return exitCodes.ok.code;
}

/** @throws CommandError when the agent still answers then. */
async function awaitEnd(
  context: Context,
  options: LocalAgentOptions,
  waitMs: number,
): Promise<void> {
  const { clock } = context.host;
  const agent = await connectAgent(context, options);
  const untilMs = clock.monotonicMs() + waitMs;
  while ((await askAgent(agent, getAgentStatus, {})) !== null) {
    if (clock.monotonicMs() >= untilMs) {
      const fix = 'It goes on with what it was told. See: node3 agent status';
      throw new CommandError('failure', 'The agent has not ended yet.', fix);
    }
    await sleep(lookMs);
  }
}
