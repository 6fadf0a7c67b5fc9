import type { Alternative, Explanation } from '@node3/shared/routes/explain';
import { type Column, formatFacts, formatTable } from '../output/table.ts';
import { durationText, moneyText } from '../output/words.ts';
import { sizingText } from './size-job.ts';

/** The explanation of a job for people: what it waits for, what excludes whom, and what would help. */
export function explanationLines(explanation: Explanation, width: number | null): string[] {
  const { alternatives, candidates, constraints } = explanation;
  return [
    ...formatFacts([
      ['job', explanation.jobId],
      ['state', explanation.state],
      ['now', explanation.sentence],
      ['until', explanation.waitsUntil],
      ['agents', agentsText(explanation)],
      ['queue', `${explanation.queueAhead} ahead`],
      ['start', startText(explanation)],
      ['sizes', explanation.sizing === null ? null : sizingText(explanation.sizing)],
    ]),
    ...section('what is asked for', constraints, constraintColumns, width),
    ...section(
      'nearest changes',
      alternatives,
      [{ title: 'CHANGE', value: alternativeText }],
      width,
    ),
    ...section(`candidates, by ${explanation.strategy}`, candidates, candidateColumns, width),
  ];
}

/** `/resources/gpus/models left out: 4 more agents, from 1.5 USDC per GPU hour`. */
export function alternativeText({ pointer, value, agents, askMin }: Alternative): string {
  const change = `${pointer} ${value === null ? 'left out' : `= ${value}`}`;
  const more = agents === 1 ? '1 more agent' : `${agents} more agents`;
  return `${change}: ${more}${askMin === null ? '' : `, from ${moneyText(askMin)} per GPU hour`}`;
}

function agentsText({ agents, agentsFitting, agentsRegistered, counted }: Explanation): string {
  const others = counted === 'online' ? `; ${agentsRegistered} registered` : '';
  return `${agentsFitting} of ${agents} ${counted} fit${others}`;
}

function startText({ eta }: Explanation): string {
  if (eta === null) return 'unknown: too few jobs like this have started lately';
  const [half, most] = [eta.startSecP50, eta.startSecP90].map((sec) => durationText(sec * 1_000));
  return `${half}; nine of ten within ${most} (${eta.samples} starts)`;
}

function section<Row>(
  title: string,
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  width: number | null,
) {
  return rows.length === 0 ? [] : ['', `${title}:`, ...formatTable(columns, rows, width)];
}

const constraintColumns: Column<Explanation['constraints'][number]>[] = [
  { title: 'REQUIREMENT', value: ({ constraint }) => constraint },
  { title: 'PASS', align: 'right', value: ({ passes }) => String(passes) },
  { title: 'FAIL', align: 'right', value: ({ fails }) => String(fails) },
  { title: 'ONLY THIS', align: 'right', value: ({ failsOnlyThis }) => String(failsOnlyThis) },
  { title: 'FIELD', value: ({ pointer }) => (pointer === '' ? '-' : pointer) },
];

const candidateColumns: Column<Explanation['candidates'][number]>[] = [
  { title: 'AGENT', value: ({ agentId }) => agentId },
  { title: 'NAME', value: ({ agentName }) => agentName },
  { title: 'SCORE', align: 'right', value: ({ score }) => score.toFixed(2) },
  { title: 'SLOTS', align: 'right', value: ({ freeSlots, slots }) => `${freeSlots}/${slots}` },
  {
    title: 'ASK',
    align: 'right',
    value: ({ askPerGpuHour: ask }) => (ask === null ? '-' : moneyText(ask)),
  },
  { title: 'NOW', value: ({ waitsFor }) => (waitsFor === null ? 'free' : `no ${waitsFor}`) },
];
