import {
  type AlertView,
  acknowledgeAlert as acknowledgeContract,
  listAlerts,
} from '@node3/shared/routes/alerts';
import { type Context, connect } from '../context.ts';
import { printRows } from '../output/print-rows.ts';
import type { Column } from '../output/table.ts';
import { requireId } from '../parse/resource-id.ts';
import type { Call } from '../program/attach-action.ts';

export interface ListAlertsOptions {
  all?: boolean;
}

export async function showAlerts(context: Context, call: Call<ListAlertsOptions>): Promise<number> {
  return print(context, 'requester', call.options.all === true);
}

export async function showAllAlerts(
  context: Context,
  call: Call<ListAlertsOptions>,
): Promise<number> {
  return print(context, 'operator', call.options.all === true);
}

export async function acknowledgeAlert(context: Context, call: Call<object>): Promise<number> {
  const { terminal, host } = context;
  const alertId = requireId('alert', call.args[0], `${host.command} admin alerts`);
  const client = connect(context, 'operator');
  const alert = await client.call(acknowledgeContract, { params: { alertId } });
  if (terminal.json) await terminal.object(alert);
  else await terminal.data(`${alert.alertId}  acknowledged at ${alert.acknowledgedAt}`);
  return 0;
}

async function print(
  context: Context,
  who: 'requester' | 'operator',
  all: boolean,
): Promise<number> {
  const query = { state: all ? ('all' as const) : ('open' as const) };
  const page = await connect(context, who).call(listAlerts, { query });
  await printRows(context, page, columns, 'No alerts.');
  return 0;
}

const columns: Column<AlertView>[] = [
  { title: 'ALERT', value: (row) => row.alertId },
  { title: 'SEVERITY', value: (row) => row.severity },
  { title: 'RULE', value: (row) => row.rule },
  { title: 'SINCE', value: (row) => row.openedAt },
  { title: 'STATE', value: (row) => (row.acknowledgedAt === null ? row.state : 'acknowledged') },
  { title: 'DETAIL', value: (row) => row.detail },
];
