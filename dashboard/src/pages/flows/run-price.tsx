import { Text } from '@mantine/core';
import type { FlowGraph } from '@node3/shared/flow-graph';
import { isTerminalFlowStep } from '@node3/shared/flow-state';
import type { RunDetail } from '@node3/shared/routes/redmind';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { useFormat } from '../../i18n/use-format.ts';
import { runCostQuery } from '../../queries/flows.ts';
import { overviewQuery } from '../../queries/market.ts';
import { holdsMoney, priceOfFlow } from './flow-price.ts';

/** What a run of a flow may cost, before it is started. */
export function RunPrice({ graph }: { graph: FlowGraph }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { data } = useQuery(overviewQuery(useApp()));
  const { jobs, most, unknown } = priceOfFlow(graph);
  const feeBasisPoints = data?.feeBasisPoints ?? 0;
  const sums = most.map(format.money).join(' + ');
  const known = unknown === 0 ? 'flow.costsAtMost' : 'flow.costsPartly';
  return (
    <Text size="sm" data-testid="run-price">
      {jobs === 0 && t('flow.costsNothing')}
      {most.length > 0 && t(known, { count: jobs - unknown, jobs, sums })}
      {most.length > 0 &&
        feeBasisPoints > 0 &&
        ` ${t('flow.costsFee', { percent: format.number(feeBasisPoints / 100) })}`}
      {unknown > 0 && ` ${t('flow.costsUnknown', { count: unknown })}`}
    </Text>
  );
}

const askMs = 2_000;

/**
 * What the jobs of a run were charged so far, read again whenever a step ends, and while money is
 * held: a run that was cancelled is over before its jobs are.
 */
export function RunCost({ run }: { run: RunDetail }) {
  const { t } = useTranslation();
  const format = useFormat();
  const ended = run.trace.filter(({ status }) => isTerminalFlowStep(status)).length;
  const posted = run.trace.filter(({ jobId }) => jobId !== null).length;
  const query = runCostQuery(useApp(), run.runId, `${run.status} ${ended} ${posted}`);
  const { data } = useQuery({
    ...query,
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => (holdsMoney(state.data?.data ?? []) ? askMs : false),
  });
  if (data === undefined) return null;
  const sums = data.data.map(({ charged, held }) =>
    Number(held.amount) === 0
      ? format.money(charged)
      : t('run.costHeld', { charged: format.money(charged), held: format.money(held) }),
  );
  if (sums.length === 0) return null;
  return (
    <Text span data-testid="run-cost">
      {t('run.cost', { sums: sums.join(' + ') })}
    </Text>
  );
}
