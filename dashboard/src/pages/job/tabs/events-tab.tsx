import { Stack, Text } from '@mantine/core';
import { assets, formatAmount } from '@node3/shared/money';
import type { EventView } from '@node3/shared/routes/events';
import type { JobDetail } from '@node3/shared/routes/jobs';
import { IconHistory } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { TFunction } from 'i18next';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../../app-context.tsx';
import { useFormat } from '../../../i18n/use-format.ts';
import { CommandLines } from '../../../parts/command-lines.tsx';
import type { DataColumn } from '../../../parts/data-table/data-column.ts';
import { DataTable } from '../../../parts/data-table.tsx';
import { EmptyState } from '../../../parts/empty-state.tsx';
import { KeysetPaging } from '../../../parts/keyset-paging.tsx';
import { QueryView } from '../../../parts/query-view.tsx';
import { RelativeTime } from '../../../parts/relative-time.tsx';
import { SectionCard } from '../../../parts/section-card.tsx';
import { jobEventsQuery } from '../../../queries/jobs.ts';
import { curlLine } from '../../../shell-command.ts';
import { actorKey, actorName, agentNames } from '../job-actors.ts';

const route = getRouteApi('/jobs/$jobId');

/** Everything that was stored about the job, oldest first: who did what, when and why. */
export function EventsTab({ job }: { job: JobDetail }) {
  const { t } = useTranslation();
  const { after } = route.useSearch();
  const { jobId } = job;
  const query = useQuery({
    ...jobEventsQuery(useApp(), jobId, after ?? 0),
    placeholderData: keepPreviousData,
  });
  const columns = useMemo(() => eventColumns(t, job), [t, job]);
  return (
    <Stack gap="md">
      <SectionCard title={t('events.title')} description={t('events.text')} padding="flush">
        <QueryView query={query} lines={6}>
          {({ data, more, nextAfter }) => (
            <>
              <DataTable
                label={t('events.title')}
                columns={columns}
                rows={data}
                rowId={({ seq }) => String(seq)}
                empty={<EmptyState icon={IconHistory} title={t('timeline.empty')} />}
              />
              <KeysetPaging
                cursor={after === undefined ? undefined : String(after)}
                nextCursor={more ? String(nextAfter) : null}
                parameter="after"
                words={{ first: t('events.oldest'), next: t('events.newer') }}
              />
            </>
          )}
        </QueryView>
      </SectionCard>
      <CommandLines
        lines={[
          { label: 'CLI', text: `node3 job events ${jobId}` },
          {
            label: 'curl',
            text: curlLine({ url: `${location.origin}/api/v1/events?jobId=${jobId}` }),
          },
        ]}
      />
    </Stack>
  );
}

function eventColumns(t: TFunction, job: JobDetail): DataColumn<EventView>[] {
  const names = agentNames(job);
  return [
    { id: 'seq', title: t('events.seq'), cell: ({ seq }) => <span className="mono">{seq}</span> },
    { id: 'at', title: t('events.at'), cell: ({ at }) => <RelativeTime at={at} /> },
    {
      id: 'type',
      title: t('events.type'),
      cell: ({ type }) => <span className="mono">{type}</span>,
    },
    {
      id: 'actor',
      title: t('events.actor'),
      cell: ({ actor }) => (
        <span className="nowrap">{actorName(actor, names) ?? t(`actor.${actorKey(actor)}`)}</span>
      ),
    },
    {
      id: 'data',
      title: t('events.data'),
      cell: ({ reason, data }) => <EventData data={reason === null ? data : { reason, ...data }} />,
    },
  ];
}

/** Facts that are amounts, in base units of the `asset` beside them. */
const amounts = new Set([
  'amount',
  'charged',
  'fee',
  'fromFeePool',
  'held',
  'providerShare',
  'refund',
  'reward',
  'shortfall',
]);

function EventData({ data }: { data: EventView['data'] }) {
  const format = useFormat();
  const asset = assets.find((one) => one === data['asset']);
  const facts = Object.entries(data).filter(
    ([name, value]) => value !== null && value !== '' && !(name === 'asset' && hasAmount(data)),
  );
  const textOf = (name: string, value: unknown) =>
    asset !== undefined && amounts.has(name) && isBaseUnits(value)
      ? format.money({ amount: formatAmount(BigInt(value), asset), asset })
      : name.endsWith('AtMs') && typeof value === 'number'
        ? format.time(value)
        : String(value);
  return (
    <Text size="xs" component="div" className="break">
      {facts.map(([name, value]) => (
        <span key={name} className="event-fact">
          <span className="event-name">{name.replace(/AtMs$/, 'At')}</span> {textOf(name, value)}
        </span>
      ))}
    </Text>
  );
}

function isBaseUnits(value: unknown): value is string {
  return typeof value === 'string' && /^\d+$/.test(value);
}

/** Then the asset is written beside the amounts. */
function hasAmount(data: EventView['data']): boolean {
  return Object.entries(data).some(([name, value]) => amounts.has(name) && isBaseUnits(value));
}
