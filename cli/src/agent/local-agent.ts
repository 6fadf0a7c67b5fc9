import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { isLoopback } from '@node3/agent/config';
import { readDataDir } from '@node3/agent/env';
import { readLocalAddress } from '@node3/agent/local-address';
import { localTokenPath, proofOfToken } from '@node3/agent/local-token';
import { type CallOptions, type Client, createClient } from '@node3/shared/client';
import type { ArgsOf, ReplyOf, RouteContract } from '@node3/shared/contract';
import { type Env, readInteger, readUrl } from '@node3/shared/env';
import { isMarketError } from '@node3/shared/error';
import { isNotFound } from '@node3/shared/file-error';
import { proveAgent } from '@node3/shared/routes/agent-local';
import { isSameSecret } from '@node3/shared/same-secret';
import { CommandError } from '../command-error.ts';
import type { Context } from '../context.ts';

export interface LocalAgentOptions {
  agentUrl?: string;
  tokenFile?: string;
}

/** The agent of this machine, and the token that this user could find for it. */
export interface LocalAgent {
  url: string;
  client: Client;
  /** null where none could be read; what needs none works without. */
  token: string | null;
  tokenPath: string;
  /** What is said when the agent wants another one. */
  tokenAdvice: string;
}

const answerMsMax = 10_000;
const nonceBytes = 24;

const usualPort = 8080;

/** Where the agent of this machine answers: as told, else on the port of its own settings, else as it noted. */
async function findAgentUrl(
  env: Env,
  { agentUrl }: LocalAgentOptions,
  tokenPath: string,
): Promise<string> {
  if (agentUrl !== undefined) {
    const url = readUrl({ '--agent-url': agentUrl }, '--agent-url', '').replace(/\/$/, '');
    // The name may lead to ::1 first, where the agent does not listen and another program may.
    return url.replace(/^(https?:\/\/)localhost(?=[:/]|$)/, '$1127.0.0.1');
  }
  // 0 is any port that is free.
  const range = { fallback: 0, min: 0, max: 65_535 };
  const older = readInteger(env, 'DASHBOARD_PORT', range);
  const port = readInteger(env, 'AGENT_PORT', { ...range, fallback: older });
  if (port !== 0) return `http://127.0.0.1:${port}`;
  return (await readLocalAddress(tokenPath)) ?? `http://127.0.0.1:${usualPort}`;
}

export async function connectAgent(
  { host }: Context,
  options: LocalAgentOptions,
): Promise<LocalAgent> {
  const path =
    options.tokenFile === undefined
      ? localTokenPath(readDataDir(host.env))
      : resolve(host.cwd, options.tokenFile);
  const url = await findAgentUrl(host.env, options, path);
  const found = await readToken(path);
  const token = await keepFromOthers(url, found.token, host.ids.secret(nonceBytes));
  const client = createClient({ baseUrl: url, apiKey: token, timeoutMs: answerMsMax });
  return { url, client, token, tokenPath: path, tokenAdvice: found.advice };
}

/** @returns the token for an agent of this machine that proves to have it as well, else null. */
async function keepFromOthers(
  url: string,
  token: string | null,
  nonce: string,
): Promise<string | null> {
  if (token === null || !isLoopback(url)) return null;
  const client = createClient({ baseUrl: url, timeoutMs: answerMsMax });
  try {
    const { proof } = await client.call(proveAgent, { query: { nonce } });
    return isSameSecret(proof, proofOfToken(token, new URL(url).host, nonce)) ? token : null;
  } catch {
    // Nothing there, or no agent of ours: the call itself says so.
    return null;
  }
}

async function readToken(path: string): Promise<{ token: string | null; advice: string }> {
  try {
    const token = (await readFile(path, 'utf8')).trim();
    return { token, advice: `The one in ${path} is not that of this agent.` };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    const why = isNotFound(error) ? 'is not there' : `can not be read by this user (${code})`;
    return { token: null, advice: `${path} ${why}.` };
  }
}

/**
 * @returns null when no agent answers.
 * @throws CommandError when it wants a token that this user does not have.
 */
export async function askAgent<C extends RouteContract>(
  agent: LocalAgent,
  contract: C,
  args: ArgsOf<C>,
  options: CallOptions = {},
): Promise<ReplyOf<C> | null> {
  try {
    return await agent.client.call(contract, args, options);
  } catch (error) {
    if (isMarketError(error, 'MARKETPLACE_UNREACHABLE')) return null;
    if (!isMarketError(error, 'AGENT_TOKEN_REQUIRED')) throw error;
    const message = `The agent at ${agent.url} wants its token. ${agent.tokenAdvice}`;
    const fix =
      'Run this where the agent was started, or as its user (sudo -u USER) with its AGENT_DATA_DIR,\n' +
      'or name the file local-token of its data folder: --token-file FILE';
    throw new CommandError('auth', message, fix);
  }
}

/** @throws CommandError when no agent answers. */
export async function callAgent<C extends RouteContract>(
  agent: LocalAgent,
  contract: C,
  args: ArgsOf<C>,
): Promise<ReplyOf<C>> {
  const answer = await askAgent(agent, contract, args);
  if (answer !== null) return answer;
  const message = `No agent answers at ${agent.url}.`;
  const fix = 'Start it: node3 agent start   (or give the address of its page: --agent-url URL)';
  throw new CommandError('failure', message, fix);
}
