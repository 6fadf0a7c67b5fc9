import { marketSwitches } from '@node3/shared/market-switch';
import { listSwitches, type SwitchView, setSwitch } from '@node3/shared/routes/switches';
import { type Context, connect } from '../context.ts';
import { printRows } from '../output/print-rows.ts';
import type { Column } from '../output/table.ts';
import { choose } from '../parse/choose.ts';
import type { Call } from '../program/attach-action.ts';

export interface TurnSwitchOptions {
  reason: string;
}

export async function showSwitches(context: Context): Promise<number> {
  const reply = await connect(context, 'operator').call(listSwitches, {});
  await printRows(context, reply, columns, 'There is no switch.');
  return 0;
}

/** From the answer on it holds here, also after a restart; other replicas follow at once. */
export function turnSwitch(state: 'on' | 'off') {
  return async (context: Context, call: Call<TurnSwitchOptions>): Promise<number> => {
    const { terminal } = context;
    const name = choose('<switch>', call.args[0] ?? '', marketSwitches);
    const body = { on: state === 'on', reason: call.options.reason };
    const client = connect(context, 'operator');
    const view = await client.call(setSwitch, { params: { name }, body });
    if (terminal.json) await terminal.object(view);
    else await terminal.data(`${view.name} is ${view.on ? 'on' : 'off'}`);
    return 0;
  };
}

const columns: Column<SwitchView>[] = [
  { title: 'SWITCH', value: ({ name }) => name },
  { title: 'STATE', value: ({ on }) => (on ? 'on' : 'off') },
  { title: 'SINCE', value: ({ since }) => since ?? '-' },
  { title: 'REASON', value: ({ reason }) => reason ?? '-' },
];
