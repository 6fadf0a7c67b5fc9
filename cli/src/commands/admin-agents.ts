import type { ReplyOf } from '@node3/shared/contract';
import { listAgents } from '@node3/shared/routes/admin-agents';
import { type Context, connect } from '../context.ts';
import { fitFor, printRows } from '../output/print-rows.ts';
import type { Column } from '../output/table.ts';
import { ageText, moneyText } from '../output/words.ts';

type AdminAgent = ReplyOf<typeof listAgents>['data'][number];

export async function showAgents(context: Context): Promise<number> {
  const { terminal, host } = context;
  const reply = await connect(context, 'operator').call(listAgents, {});
  const columns = agentColumns(host.clock.nowMs(), fitFor(terminal));
  await printRows(context, reply, columns, 'No agent has registered yet.');
  return 0;
}

export function agentColumns(nowMs: number, fit: (text: string) => string): Column<AdminAgent>[] {
  return [
    { title: 'AGENT', value: (agent) => fit(agent.agentId) },
    { title: 'NAME', value: (agent) => agent.name },
    { title: 'STATUS', value: (agent) => agent.status },
    {
      title: 'JOBS',
      align: 'right',
      value: (agent) => `${agent.jobsSucceeded}/${agent.jobsFailed}`,
    },
    {
      title: 'SEEN',
      align: 'right',
      value: (agent) => (agent.lastSeenAt === null ? '-' : ageText(agent.lastSeenAt, nowMs)),
    },
    { title: 'WALLET', value: (agent) => fit(agent.wallet) },
    { title: 'GPUS', value: gpusText },
  ];
}

function gpusText(agent: AdminAgent): string {
  if (agent.devices.length === 0) return 'none';
  return agent.devices
    .map((device) => {
      const asks = agent.deviceAsks.find(({ deviceId }) => deviceId === device.id);
      const price = [asks?.USDC, asks?.SOL].flatMap((ask) => (ask ? [`${moneyText(ask)}/h`] : []));
      const notes = [...(device.simulated ? ['simulated'] : []), ...price];
      return notes.length === 0 ? device.model : `${device.model} (${notes.join(', ')})`;
    })
    .join(', ');
}
