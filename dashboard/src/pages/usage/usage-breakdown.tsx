import { Card, Group, Select, Stack, Text } from '@mantine/core';
import { exportUsage, type UsageGroup, usageGroups } from '@node3/shared/routes/usage';
import { IconChartBar, IconTag } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { CommandLines } from '../../parts/command-lines.tsx';
import { DownloadButton } from '../../parts/download-button.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { FilterChips } from '../../parts/filter-chips.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import {
  type UsageGrouping,
  type UsagePeriod,
  usageLabelsQuery,
  usageQuery,
} from '../../queries/usage.ts';
import { curlLine, shellQuote } from '../../shell-command.ts';
import { UsageTable } from './usage-table.tsx';

/** A label may have a value of its own on each job. */
const rowsShown = 500;

interface UsageBreakdownProps {
  period: UsagePeriod;
  by: UsageGroup;
  label: string | undefined;
}

/** Usage of a period by what is asked for. */
export function UsageBreakdown({ period, by, label }: UsageBreakdownProps) {
  const { t } = useTranslation();
  return (
    <Stack gap="sm">
      <FilterChips
        label={t('usage.by')}
        parameter="by"
        value={by}
        choices={usageGroups.map((value) => ({ value, label: t(`usage.by.${value}`) }))}
      />
      {by === 'label' ? (
        <LabelBreakdown period={period} label={label} />
      ) : (
        <Breakdown period={period} grouping={{ groupBy: by }} />
      )}
    </Stack>
  );
}

function LabelBreakdown({ period, label }: Omit<UsageBreakdownProps, 'by'>) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const query = useQuery(usageLabelsQuery(useApp()));
  return (
    <QueryView query={query} lines={4}>
      {({ data: names }) => {
        const chosen = label ?? names[0];
        if (chosen === undefined) {
          return (
            <Card withBorder>
              <EmptyState icon={IconTag} title={t('usage.noLabels')}>
                {t('usage.noLabelsText')}
              </EmptyState>
            </Card>
          );
        }
        return (
          <>
            <Select
              label={t('usage.label')}
              size="xs"
              maw={240}
              allowDeselect={false}
              searchable
              data={names.includes(chosen) ? names : [chosen, ...names]}
              value={chosen}
              onChange={(name) => {
                const search = (previous: object) => ({ ...previous, label: name });
                void navigate({ to: '.', search: search as never });
              }}
            />
            <Breakdown period={period} grouping={{ groupBy: 'label', label: chosen }} />
          </>
        );
      }}
    </QueryView>
  );
}

function Breakdown({ period, grouping }: { period: UsagePeriod; grouping: UsageGrouping }) {
  const { t } = useTranslation();
  const query = useQuery({
    ...usageQuery(useApp(), period, grouping),
    placeholderData: keepPreviousData,
  });
  const more = (query.data?.data.length ?? 0) - rowsShown;
  const selection = new URLSearchParams({ ...period, ...grouping }).toString();
  const url = `${location.origin}/api/v1/usage?${selection}`;
  const { groupBy, label } = grouping;
  const by = label === undefined ? `--by ${groupBy}` : `--label ${shellQuote(label)}`;
  return (
    <>
      <Card withBorder padding={0} aria-busy={query.isPlaceholderData}>
        <QueryView query={query} lines={4}>
          {({ data }) =>
            data.length === 0 ? (
              <EmptyState icon={IconChartBar} title={t('usage.empty')} />
            ) : (
              <UsageTable rows={data.slice(0, rowsShown)} period={period} grouping={grouping} />
            )
          }
        </QueryView>
      </Card>
      {more > 0 && (
        <Text size="sm" c="dimmed">
          {t('usage.more', { count: more })}
        </Text>
      )}
      <Group justify="flex-end">
        <DownloadButton
          path={`${exportUsage.url}?${selection}`}
          name="usage.csv"
          label={t('usage.csv')}
        />
      </Group>
      <CommandLines
        lines={[
          { label: 'CLI', text: `node3 usage --from ${period.from} --to ${period.to} ${by}` },
          { label: 'curl', text: curlLine({ url }) },
        ]}
      />
    </>
  );
}
