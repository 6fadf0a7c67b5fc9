import { type CallOptions, type Client, createClient } from '@node3/shared/client';
import type { ArgsOf, ReplyOf, RouteContract } from '@node3/shared/contract';
import { type Env, readInteger, readUrl } from '@node3/shared/env';
import { isMarketError } from '@node3/shared/error';
import { CommandError } from '../command-error.ts';
import type { Context } from '../context.ts';

export interface LocalAgentOptions {
  agentUrl?: string;
}

const answerMsMax = 10_000;

/** Where the agent of this machine answers: as told, else on the port of its own settings. */
export function localAgentUrl(env: Env, { agentUrl }: LocalAgentOptions): string {
  if (agentUrl !== undefined) {
    return readUrl({ '--agent-url': agentUrl }, '--agent-url', '').replace(/\/$/, '');
  }
  const port = { fallback: 8080, min: 1, max: 65_535 };
  const older = readInteger(env, 'DASHBOARD_PORT', port);
  return `http://127.0.0.1:${readInteger(env, 'AGENT_PORT', { ...port, fallback: older })}`;
}

export function connectAgent(context: Context, options: LocalAgentOptions): Client {
  const baseUrl = localAgentUrl(context.host.env, options);
  return createClient({ baseUrl, timeoutMs: answerMsMax });
}

/** @returns null when no agent answers. */
export async function askAgent<C extends RouteContract>(
  client: Client,
  contract: C,
  args: ArgsOf<C>,
  options: CallOptions = {},
): Promise<ReplyOf<C> | null> {
  try {
    return await client.call(contract, args, options);
  } catch (error) {
    if (isMarketError(error, 'MARKETPLACE_UNREACHABLE')) return null;
    throw error;
  }
}

/** @throws CommandError when no agent answers. */
export async function callAgent<C extends RouteContract>(
  client: Client,
  contract: C,
  args: ArgsOf<C>,
): Promise<ReplyOf<C>> {
  const answer = await askAgent(client, contract, args);
  if (answer !== null) return answer;
  const message = `No agent answers at ${client.baseUrl}.`;
  const fix = 'Start it: node3 agent start   (or give the address of its page: --agent-url URL)';
  throw new CommandError('failure', message, fix);
}
