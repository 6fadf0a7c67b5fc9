import { Card, Stack, Text } from '@mantine/core';
import { IconReceipt2 } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useApp } from '../app-context.tsx';
import { CommandLines } from '../parts/command-lines.tsx';
import { EmptyState } from '../parts/empty-state.tsx';
import { KeysetPaging } from '../parts/keyset-paging.tsx';
import { PageHeading } from '../parts/page-heading.tsx';
import { QueryView } from '../parts/query-view.tsx';
import { RequireSession } from '../parts/require-session.tsx';
import { endedJobsQuery } from '../queries/receipts.ts';
import { curlLine } from '../shell-command.ts';
import { ReceiptDialog } from './receipts/receipt-dialog.tsx';
import { ReceiptTable } from './receipts/receipt-table.tsx';
import { endedStates } from './wallet/open-jobs.ts';

const route = getRouteApi('/receipts');

/** The signed receipts of jobs that ended. */
export function ReceiptsPage() {
  const { t } = useTranslation();
  return (
    <>
      <PageHeading title={t('receipts.title')} subtitle={t('receipts.subtitle')} />
      <RequireSession>{() => <Receipts />}</RequireSession>
    </>
  );
}

function Receipts() {
  const { t } = useTranslation();
  const { cursor, job } = route.useSearch();
  const query = useQuery({
    ...endedJobsQuery(useApp(), endedStates, cursor),
    placeholderData: keepPreviousData,
  });
  const url = `${location.origin}/api/v1/jobs/JOB/receipt`;
  return (
    <Stack gap="md">
      <Text size="sm" c="dimmed" maw={720}>
        {t('receipts.how')}
      </Text>
      <Card withBorder padding={0} aria-busy={query.isPlaceholderData}>
        <QueryView query={query} lines={5}>
          {({ data, nextCursor }) =>
            data.length === 0 ? (
              <EmptyState icon={IconReceipt2} title={t('receipts.empty')}>
                {t('receipts.emptyText')}
              </EmptyState>
            ) : (
              <>
                <ReceiptTable jobs={data} />
                <KeysetPaging cursor={cursor} nextCursor={nextCursor} />
              </>
            )
          }
        </QueryView>
      </Card>
      {job !== undefined && <ReceiptDialog jobId={job} />}
      <CommandLines
        lines={[
          { label: 'CLI', text: 'node3 receipt JOB' },
          { label: 'CLI', text: 'node3 receipt verify receipt.json --key KEY' },
          { label: 'curl', text: curlLine({ url }) },
        ]}
      />
    </Stack>
  );
}
