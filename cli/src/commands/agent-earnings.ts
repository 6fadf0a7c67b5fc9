import {
  type DeviceEconomics,
  getLocalEarnings,
  getLocalEconomics,
} from '@node3/shared/routes/agent-local';
import { callAgent, connectAgent, type LocalAgentOptions } from '../agent/local-agent.ts';
import type { Context } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { type Column, formatFacts, formatTable } from '../output/table.ts';
import { moneyText } from '../output/words.ts';
import type { Call } from '../program/attach-action.ts';

export interface EarningsOptions extends LocalAgentOptions {
  csv?: boolean;
}

const unknown = 'unknown';
const dollars = (value: number | null) => (value === null ? unknown : value.toFixed(4));
const percent = (value: number | null) =>
  value === null ? unknown : `${(value * 100).toFixed(1)} %`;

const columns: readonly Column<DeviceEconomics>[] = [
  { title: 'GPU', value: ({ model }) => model },
  { title: 'DUTY', align: 'right', value: ({ dutyRatio }) => percent(dutyRatio) },
  { title: 'EARNED', align: 'right', value: ({ earned }) => moneyText(earned.USDC) },
  { title: '', align: 'right', value: ({ earned }) => moneyText(earned.SOL) },
  { title: 'EXPECTED $', align: 'right', value: ({ expectedUsd }) => dollars(expectedUsd) },
  { title: 'ASK/H', align: 'right', value: ({ ask }) => moneyText(ask.USDC ?? ask.SOL) },
  { title: 'OTHERS $/H', align: 'right', value: othersText },
  { title: 'NET $/H', align: 'right', value: ({ netUsdPerHourMin: net }) => dollars(net) },
];

function othersText({ seen }: DeviceEconomics): string {
  return seen === null ? unknown : `${seen.lowUsd}–${seen.highUsd}, half below ${seen.medianUsd}`;
}

export async function showEarnings(
  context: Context,
  { options }: Call<EarningsOptions>,
): Promise<number> {
  const { terminal } = context;
  const agent = await connectAgent(context, options);
  const [total, economics] = await Promise.all([
    callAgent(agent, getLocalEarnings, {}),
    callAgent(agent, getLocalEconomics, {}),
  ]);
  const { devices, electricityUsdPerKwh, since } = economics;
  if (terminal.json) {
    await terminal.object({ ...total, ...economics });
  } else if (options.csv === true) {
    for (const line of formatCsv(since, devices)) await terminal.data(line);
  } else {
    const earned = total.earnings?.earned ?? null;
    const sum = (part: 'finalized' | 'pending' | 'today') =>
      earned === null ? unknown : `${moneyText(earned.USDC[part])}, ${moneyText(earned.SOL[part])}`;
    const facts: [string, string][] = [
      ['paid', sum('finalized')],
      ['on its way', sum('pending')],
      ['today', sum('today')],
      ['told at', total.asOf ?? 'not yet'],
      ['energy', electricityUsdPerKwh === null ? unknown : `${electricityUsdPerKwh} $/kWh`],
    ];
    for (const line of formatFacts(facts)) await terminal.data(line);
    await terminal.data(`\nby GPU since ${since}, when this agent started`);
    for (const line of formatTable(columns, devices)) await terminal.data(line);
  }
  return exitCodes.ok.code;
}

/** Unknown is an empty field. */
function formatCsv(since: string, devices: readonly DeviceEconomics[]): string[] {
  const names =
    'since,device_id,model,duty_ratio,earned_usdc,earned_sol,expected_usd,ask_usdc,energy_usd_per_hour_now,energy_usd_per_hour_max,net_usd_per_hour_min';
  const rows = devices.map((device) =>
    [
      since,
      device.deviceId,
      device.model,
      device.dutyRatio,
      device.earned.USDC.amount,
      device.earned.SOL.amount,
      device.expectedUsd,
      device.ask.USDC?.amount ?? null,
      device.energyUsdPerHourNow,
      device.energyUsdPerHourMax,
      device.netUsdPerHourMin,
    ]
      .map(csvField)
      .join(','),
  );
  return [names, ...rows];
}

/** Quoted; what a spreadsheet would run as a formula is kept as text. */
function csvField(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const text = /^[=+\-@]/.test(value) ? `'${value}` : value;
  return `"${text.replaceAll('"', '""')}"`;
}
