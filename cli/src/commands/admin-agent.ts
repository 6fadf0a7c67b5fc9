import {
  type AdminAgent,
  drainAgent,
  getAdminAgent,
  issueRegistrationToken,
  listRegistrationTokens,
  type RegistrationToken,
  resumeAgent,
  revokeRegistrationToken,
  setAgentEnabled,
  unregisterAgent,
} from '@node3/shared/routes/admin-agents';
import type { AgentReputation } from '@node3/shared/routes/agent-standing';
import { type Context, connect } from '../context.ts';
import { printRows } from '../output/print-rows.ts';
import { formatFacts } from '../output/table.ts';
import type { Call } from '../program/attach-action.ts';

export interface AgentReasonOptions {
  reason?: string;
}

export interface IssueTokenOptions {
  name?: string;
  wallet?: string;
  provider?: string;
}

export async function showAgent(context: Context, call: Call<object>): Promise<number> {
  const params = { agentId: call.args[0] ?? '' };
  return print(context, await connect(context, 'operator').call(getAdminAgent, { params }));
}

/** What it runs is finished; nothing new is offered. */
export async function drain(context: Context, call: Call<AgentReasonOptions>): Promise<number> {
  const client = connect(context, 'operator');
  return print(context, await client.call(drainAgent, request(call)));
}

export async function resume(context: Context, call: Call<object>): Promise<number> {
  const params = { agentId: call.args[0] ?? '' };
  return print(context, await connect(context, 'operator').call(resumeAgent, { params }));
}

export async function enable(context: Context, call: Call<object>): Promise<number> {
  return setEnabled(context, call.args[0] ?? '', { enabled: true });
}

/** What it runs is ended and goes back to the queue. */
export async function disable(context: Context, call: Call<AgentReasonOptions>): Promise<number> {
  const { reason = null } = call.options;
  return setEnabled(context, call.args[0] ?? '', { enabled: false, reason });
}

export async function unregister(
  context: Context,
  call: Call<AgentReasonOptions>,
): Promise<number> {
  const client = connect(context, 'operator');
  return print(context, await client.call(unregisterAgent, request(call)));
}

export async function issueToken(
  context: Context,
  { options }: Call<IssueTokenOptions>,
): Promise<number> {
  const { terminal } = context;
  const issued = await connect(context, 'operator').call(issueRegistrationToken, { body: options });
  if (terminal.json) await terminal.object(issued);
  else await terminal.data(issued.token);
  await terminal.talk(
    `It works once, until ${issued.expiresAt}: REGISTRATION_TOKEN=… for the agent.`,
  );
  return 0;
}

export async function listTokens(context: Context): Promise<number> {
  const reply = await connect(context, 'operator').call(listRegistrationTokens, {});
  await printRows(context, reply, tokenColumns, 'No registration token was issued yet.');
  return 0;
}

export async function revokeToken(context: Context, call: Call<object>): Promise<number> {
  const params = { tokenId: call.args[0] ?? '' };
  const { terminal } = context;
  const token = await connect(context, 'operator').call(revokeRegistrationToken, { params });
  if (terminal.json) await terminal.object(token);
  else await terminal.data(`${token.tokenId} ${tokenState(token)}`);
  return 0;
}

const tokenColumns = [
  { title: 'TOKEN', value: (token: RegistrationToken) => token.tokenId },
  { title: 'STATE', value: tokenState },
  { title: 'NAME', value: (token: RegistrationToken) => token.name ?? '-' },
  { title: 'WALLET', value: (token: RegistrationToken) => token.wallet ?? '-' },
  { title: 'PROVIDER', value: (token: RegistrationToken) => token.provider ?? '-' },
  { title: 'EXPIRES', value: (token: RegistrationToken) => token.expiresAt },
];

function tokenState({ revokedAt, usedByAgentId }: RegistrationToken): string {
  if (usedByAgentId !== null) return `used by ${usedByAgentId}`;
  return revokedAt === null ? 'issued' : 'revoked';
}

function request({ args, options }: Call<AgentReasonOptions>) {
  return { params: { agentId: args[0] ?? '' }, body: { reason: options.reason ?? null } };
}

async function setEnabled(
  context: Context,
  agentId: string,
  body: { enabled: boolean; reason?: string | null },
): Promise<number> {
  const client = connect(context, 'operator');
  const params = { agentId };
  await client.call(setAgentEnabled, { params, body });
  return print(context, await client.call(getAdminAgent, { params }));
}

async function print({ terminal }: Context, agent: AdminAgent): Promise<number> {
  if (terminal.json) {
    await terminal.object(agent);
    return 0;
  }
  const { standing, rating } = agent;
  const facts = formatFacts([
    ['agent', agent.agentId],
    ['name', agent.name],
    ['wallet', agent.wallet],
    ['provider', agent.provider],
    ['state', standing.by === null ? standing.state : `${standing.state} by ${standing.by}`],
    ['reason', standing.reason],
    ['until', standing.until],
    ['running', String(agent.running)],
    ['jobs', `${agent.jobsSucceeded} succeeded, ${agent.jobsFailed} failed`],
    ['mean run', agent.avgRunSec === null ? null : `${agent.avgRunSec.toFixed(1)} s`],
    ...axisFacts(agent.reputation),
    ['stars', rating.mean === null ? 'none yet' : `${rating.mean.toFixed(1)} of ${rating.count}`],
  ]);
  for (const line of facts) await terminal.data(line);
  return 0;
}

function axisFacts(reputation: AgentReputation): [string, string][] {
  return Object.entries(reputation).map(([axis, { value, count }]) => [
    axis,
    value === null ? 'unknown' : `${(value * 100).toFixed(0)} % over ${count}`,
  ]);
}
