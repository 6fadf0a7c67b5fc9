import { Button, Group, Stack } from '@mantine/core';
import { formatCsv } from '@node3/shared/csv';
import { listResultEarnings, type ResultEarning } from '@node3/shared/routes/agent-local';
import { IconBraces, IconDownload } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { CommandLines } from '../../parts/command-lines.tsx';
import { PageHeading } from '../../parts/page-heading.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import { saveFile } from '../../parts/save-file.ts';
import { SectionCard } from '../../parts/section-card.tsx';
import { useNotice } from '../../parts/use-notice.tsx';
import {
  earningDaysQuery,
  localEarningsQuery,
  localEconomicsQuery,
  telemetryQuery,
} from '../../queries/provider.ts';
import { AgentGate } from './agent-gate.tsx';
import { AskTable } from './ask-table.tsx';
import { DutyStrip } from './duty-strip.tsx';
import { EarningChart } from './earning-chart.tsx';
import { EarningSums } from './earning-sums.tsx';
import { GpuEarnings } from './gpu-earnings.tsx';
import { readHistory } from './telemetry-charts.tsx';

const daysShown = 30;
const rowsMax = 10_000;

/** What this machine earns: confirmed, expected, by GPU, by hour of the week, and what it costs. */
export function EarningsPage() {
  const { t } = useTranslation();
  const earnings = useQuery(localEarningsQuery(useApp()));
  return (
    <>
      <PageHeading
        title={t('earnings.title')}
        subtitle={t('earnings.subtitle')}
        actions={earnings.data === undefined ? undefined : <SaveButtons />}
      />
      <AgentGate query={earnings}>
        {(told) => (
          <Stack gap="lg">
            <EarningSums told={told} />
            <EarningDetails />
            <CommandLines
              lines={[
                { label: 'CLI', text: 'node3 agent earnings' },
                {
                  label: 'curl',
                  text: `curl -H "$AGENT_AUTH" ${location.origin}/api/v1/local/earnings`,
                },
              ]}
            />
          </Stack>
        )}
      </AgentGate>
    </>
  );
}

function EarningDetails() {
  const { t } = useTranslation();
  const app = useApp();
  const days = useQuery(earningDaysQuery(app, daysShown));
  const economics = useQuery(localEconomicsQuery(app));
  const history = useQuery(telemetryQuery(app, '30d'));
  return (
    <>
      <SectionCard title={t('earnings.chart', { days: daysShown })}>
        <QueryView query={days}>{(data) => <EarningChart days={data} />}</QueryView>
      </SectionCard>
      <SectionCard
        title={t('gpuEarnings.title')}
        description={t('gpuEarnings.text')}
        padding="flush"
        id="gpu-earnings"
      >
        <QueryView query={economics}>{({ earned }) => <GpuEarnings earned={earned} />}</QueryView>
      </SectionCard>
      {economics.data?.devices.length !== 0 && (
        <>
          <SectionCard title={t('duty.title')} description={t('duty.text')}>
            <QueryView query={history}>
              {(data) => (
                <Stack gap="lg">
                  {(economics.data?.devices ?? []).map(({ deviceId, model }) => {
                    const { points, times } = readHistory(data, deviceId);
                    return (
                      <DutyStrip
                        key={deviceId}
                        model={model}
                        times={times}
                        points={points('busyRatio')}
                      />
                    );
                  })}
                </Stack>
              )}
            </QueryView>
          </SectionCard>
          <SectionCard title={t('asks.title')} description={t('asks.text')} padding="flush">
            <QueryView query={economics}>
              {({ devices, electricityUsdPerKwh }) => (
                <AskTable devices={devices} electricityUsdPerKwh={electricityUsdPerKwh} />
              )}
            </QueryView>
          </SectionCard>
        </>
      )}
    </>
  );
}

const columns: Parameters<typeof formatCsv<ResultEarning>>[0] = [
  { title: 'at', value: ({ at }) => at },
  { title: 'execution_id', value: ({ executionId }) => executionId },
  { title: 'job_id', value: ({ jobId }) => jobId },
  { title: 'device_id', value: ({ deviceId }) => deviceId },
  { title: 'model', value: ({ model }) => model },
  { title: 'run_ms', value: ({ runMs }) => runMs },
  { title: 'earned', value: ({ earned }) => earned.amount },
  { title: 'expected', value: ({ expected }) => expected?.amount ?? null },
  { title: 'asset', value: ({ earned }) => earned.asset },
  { title: 'energy_wh', value: ({ energyWh }) => energyWh },
  { title: 'energy_usd', value: ({ energyUsd }) => energyUsd },
];

/** All rows behind the sums, by result and device. */
function SaveButtons() {
  const { t } = useTranslation();
  const { client } = useApp();
  const notify = useNotice();
  const save = useMutation({
    mutationFn: async (kind: 'csv' | 'json') => {
      const { data } = await client.call(listResultEarnings, { query: { limit: rowsMax } });
      const text =
        kind === 'csv'
          ? `${formatCsv(columns, data).join('\r\n')}\r\n`
          : JSON.stringify(data, null, 2);
      const type = kind === 'csv' ? 'text/csv;charset=utf-8' : 'application/json';
      saveFile(new Blob([text], { type }), `earnings.${kind}`);
    },
    onError: (error) => notify({ kind: 'failed', error }),
  });
  return (
    <Group gap="xs">
      <Button
        variant="default"
        size="xs"
        leftSection={<IconDownload size={15} aria-hidden />}
        onClick={() => save.mutate('csv')}
      >
        {t('table.csv')}
      </Button>
      <Button
        variant="default"
        size="xs"
        leftSection={<IconBraces size={15} aria-hidden />}
        onClick={() => save.mutate('json')}
      >
        JSON
      </Button>
    </Group>
  );
}
