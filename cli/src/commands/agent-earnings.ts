import type { ReplyOf } from '@node3/shared/contract';
import { type CsvColumn, formatCsv } from '@node3/shared/csv';
import { limits } from '@node3/shared/limits';
import {
  type DeviceEarnings,
  type DeviceEconomics,
  getLocalEarnings,
  getLocalEconomics,
  listResultEarnings,
  type ResultEarning,
} from '@node3/shared/routes/agent-local';
import { callAgent, connectAgent, type LocalAgentOptions } from '../agent/local-agent.ts';
import type { Context } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { printTable } from '../output/print-rows.ts';
import { type Column, formatFacts } from '../output/table.ts';
import { durationText, moneyText } from '../output/words.ts';
import type { Call } from '../program/attach-action.ts';

export interface EarningsOptions extends LocalAgentOptions {
  csv?: boolean;
  results?: boolean;
}

const unknown = 'unknown';
const dollars = (value: number | null) => (value === null ? unknown : value.toFixed(4));
const percent = (value: number | null) =>
  value === null ? unknown : `${(value * 100).toFixed(1)} %`;

const nowColumns: readonly Column<DeviceEconomics>[] = [
  { title: 'GPU', value: ({ model }) => model },
  { title: 'DUTY', align: 'right', value: ({ dutyRatio }) => percent(dutyRatio) },
  { title: 'ASK/H', align: 'right', value: ({ ask }) => moneyText(ask.USDC ?? ask.SOL) },
  { title: 'OTHERS $/H', align: 'right', value: othersText },
  { title: 'NET $/H', align: 'right', value: ({ netUsdPerHourMin: net }) => dollars(net) },
];

const earnedColumns: readonly Column<DeviceEarnings>[] = [
  { title: 'GPU', value: nameOf },
  { title: 'JOBS', align: 'right', value: ({ results }) => String(results) },
  { title: 'HOURS', align: 'right', value: ({ runHours }) => runHours.toFixed(2) },
  { title: 'EARNED', align: 'right', value: ({ earned }) => moneyText(earned.USDC) },
  { title: '', align: 'right', value: ({ earned }) => moneyText(earned.SOL) },
  { title: 'EXPECTED', align: 'right', value: ({ expected }) => moneyText(expected?.USDC ?? null) },
  { title: 'ENERGY $', align: 'right', value: ({ energyUsd }) => dollars(energyUsd) },
  { title: 'NET $/H', align: 'right', value: ({ netUsdPerHour }) => dollars(netUsdPerHour) },
];

const resultColumns: readonly Column<ResultEarning>[] = [
  { title: 'AT', value: ({ at }) => at },
  { title: 'JOB', value: ({ jobId }) => jobId },
  { title: 'GPU', value: nameOf },
  { title: 'RUN', align: 'right', value: ({ runMs }) => durationText(runMs) },
  { title: 'EARNED', align: 'right', value: ({ earned }) => moneyText(earned) },
  { title: 'EXPECTED', align: 'right', value: ({ expected }) => moneyText(expected) },
  { title: 'ENERGY $', align: 'right', value: ({ energyUsd }) => dollars(energyUsd) },
];

const deviceCsv: readonly CsvColumn<DeviceEarnings>[] = [
  { title: 'device_id', value: ({ deviceId }) => deviceId },
  { title: 'model', value: ({ model }) => model },
  { title: 'since', value: ({ since }) => since },
  { title: 'results', value: ({ results }) => results },
  { title: 'run_hours', value: ({ runHours }) => runHours },
  { title: 'earned_usdc', value: ({ earned }) => earned.USDC.amount },
  { title: 'earned_sol', value: ({ earned }) => earned.SOL.amount },
  { title: 'expected_usdc', value: ({ expected }) => expected?.USDC.amount ?? null },
  { title: 'expected_sol', value: ({ expected }) => expected?.SOL.amount ?? null },
  { title: 'expected_hours', value: ({ expectedHours }) => expectedHours },
  { title: 'energy_kwh', value: ({ energyKwh }) => energyKwh },
  { title: 'energy_hours', value: ({ energyHours }) => energyHours },
  { title: 'energy_usd', value: ({ energyUsd }) => energyUsd },
  { title: 'net_usd_per_hour', value: ({ netUsdPerHour }) => netUsdPerHour },
  { title: 'net_hours', value: ({ netHours }) => netHours },
];

const resultCsv: readonly CsvColumn<ResultEarning>[] = [
  { title: 'at', value: ({ at }) => at },
  { title: 'job_id', value: ({ jobId }) => jobId },
  { title: 'execution_id', value: ({ executionId }) => executionId },
  { title: 'device_id', value: ({ deviceId }) => deviceId },
  { title: 'model', value: ({ model }) => model },
  { title: 'run_ms', value: ({ runMs }) => runMs },
  { title: 'asset', value: ({ earned }) => earned.asset },
  { title: 'earned', value: ({ earned }) => earned.amount },
  { title: 'expected', value: ({ expected }) => expected?.amount ?? null },
  { title: 'energy_wh', value: ({ energyWh }) => energyWh },
  { title: 'energy_usd', value: ({ energyUsd }) => energyUsd },
];

function nameOf({ deviceId, model }: { deviceId: string; model: string | null }): string {
  if (deviceId === 'none') return 'no GPU';
  return model === null ? deviceId : `${model} ${deviceId.slice(0, 12)}`;
}

function othersText({ seen }: DeviceEconomics): string {
  return seen === null ? unknown : `${seen.lowUsd}–${seen.highUsd}, half below ${seen.medianUsd}`;
}

export async function showEarnings(context: Context, call: Call<EarningsOptions>): Promise<number> {
  if (call.options.results === true) return showResults(context, call);
  const { terminal } = context;
  const agent = await connectAgent(context, call.options);
  const [total, economics] = await Promise.all([
    callAgent(agent, getLocalEarnings, {}),
    callAgent(agent, getLocalEconomics, {}),
  ]);
  const { devices, earned, since } = economics;
  if (terminal.json) {
    await terminal.object({ ...total, ...economics });
  } else if (call.options.csv === true) {
    for (const line of formatCsv(deviceCsv, earned)) await terminal.data(line);
  } else {
    for (const line of formatFacts(sumFacts(total, economics))) await terminal.data(line);
    await terminal.data('\nby GPU, of all results that were accepted');
    await printTable(terminal, earnedColumns, earned);
    await terminal.data(`\nnow; duty since ${since}, when this agent started`);
    await printTable(terminal, nowColumns, devices);
  }
  return exitCodes.ok.code;
}

function sumFacts(
  { asOf, earnings }: ReplyOf<typeof getLocalEarnings>,
  { electricityUsdPerKwh }: ReplyOf<typeof getLocalEconomics>,
): [string, string][] {
  const earned = earnings?.earned ?? null;
  const sum = (part: 'finalized' | 'pending' | 'today') =>
    earned === null ? unknown : `${moneyText(earned.USDC[part])}, ${moneyText(earned.SOL[part])}`;
  return [
    ['paid', sum('finalized')],
    ['on its way', sum('pending')],
    ['today', sum('today')],
    ['told at', asOf ?? 'not yet'],
    ['energy', electricityUsdPerKwh === null ? unknown : `${electricityUsdPerKwh} $/kWh`],
  ];
}

async function showResults(context: Context, { options }: Call<EarningsOptions>): Promise<number> {
  const { terminal } = context;
  const query = { limit: limits.earningRowsMax };
  const reply = await callAgent(await connectAgent(context, options), listResultEarnings, {
    query,
  });
  if (terminal.json) await terminal.object(reply);
  else if (options.csv !== true) await printTable(terminal, resultColumns, reply.data);
  else for (const line of formatCsv(resultCsv, reply.data)) await terminal.data(line);
  return exitCodes.ok.code;
}
