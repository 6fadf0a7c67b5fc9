import type { Device } from '@node3/shared/device';
import { type AgentStatus, getAgentStatus } from '@node3/shared/routes/agent-local';
import { callAgent, connectAgent, type LocalAgentOptions } from '../agent/local-agent.ts';
import type { Context } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { formatFacts } from '../output/table.ts';
import { ageText, moneyText, priceText } from '../output/words.ts';
import type { Call } from '../program/attach-action.ts';

/**
 * What the agent on this machine says of itself, and how the last proof of each device ended. Exit
 * code 1 while it can't take any work and a person has to do something.
 */
export async function showAgentStatus(
  context: Context,
  { options }: Call<LocalAgentOptions>,
): Promise<number> {
  const { host, terminal } = context;
  const status = await callAgent(await connectAgent(context, options), getAgentStatus, {});
  if (terminal.json) await terminal.object(status);
  else for (const line of formatStatus(status, host.clock.nowMs())) await terminal.data(line);
  return status.state === 'blocked' ? exitCodes.failure.code : exitCodes.ok.code;
}

function formatStatus(status: AgentStatus, nowMs: number): string[] {
  const { active, balances, devices, executor, lastContactAt, problems } = status;
  return [
    ...formatFacts([
      ['state', `${status.state}: ${status.stateSentence}`],
      ['agent', status.agentId ?? 'not registered yet'],
      ['name', status.name],
      ['wallet', status.wallet],
      ['balance', sayBalances(balances)],
      ['marketplace', status.marketplaceUrl],
      ['last contact', lastContactAt === null ? 'none' : `${ageText(lastContactAt, nowMs)} ago`],
      ['isolation', executor.isolation ?? `${executor.name} does not work`],
      ['jobs now', String(active.length)],
    ]),
    ...active.map(({ image, jobId, name, ratePerGpuHour, reward, state }) =>
      `job ${jobId}  ${state}  ${priceText(reward, ratePerGpuHour)}  ${name ?? image ?? ''}`.trimEnd(),
    ),
    ...devices.map((device) => deviceLine(status, device, nowMs)),
    ...problems.flatMap(({ fix, sentence }) => [`! ${sentence}`, `  ${fix}`]),
  ];
}

function deviceLine({ proofs = [] }: AgentStatus, device: Device, nowMs: number): string {
  const proof = proofs.find(({ deviceId }) => deviceId === device.id);
  const ended =
    proof === undefined
      ? 'not asked for a proof since the start'
      : `last proof ${proof.state} (${proof.finding}), ${ageText(proof.at, nowMs)} ago`;
  return `${device.model} (${device.id}): ${ended}`;
}

function sayBalances({ SOL, USDC }: AgentStatus['balances']): string {
  return SOL === null && USDC === null ? 'unknown' : `${moneyText(SOL)}, ${moneyText(USDC)}`;
}
