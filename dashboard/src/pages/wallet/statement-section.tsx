import { Card, Group, Stack } from '@mantine/core';
import { assets } from '@node3/shared/money';
import { exportStatement, statementTypeNames } from '@node3/shared/routes/statements';
import { IconReceipt2 } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { usePollMs } from '../../live/use-stream.ts';
import { CommandLines } from '../../parts/command-lines.tsx';
import { DownloadButton } from '../../parts/download-button.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { NoExplorerNote } from '../../parts/explorer-link.tsx';
import { FilterChips } from '../../parts/filter-chips.tsx';
import { KeysetPaging } from '../../parts/keyset-paging.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import { statementPageSize, statementQuery } from '../../queries/wallet.ts';
import { curlLine } from '../../shell-command.ts';
import { StatementTable } from './statement-table.tsx';

const route = getRouteApi('/wallet');
/** What only the operator's own account has is no choice for everybody. */
const types = statementTypeNames.filter((type) => type !== 'capital');

/** Everything that ever moved the account's money, with filters, pages and a file of all of it. */
export function StatementSection() {
  const { t } = useTranslation();
  const app = useApp();
  const { type, asset, cursor } = route.useSearch();
  const refetchInterval = usePollMs();
  const query = useQuery({
    ...statementQuery(app, { type, asset, cursor }),
    refetchInterval,
    placeholderData: keepPreviousData,
  });
  const selection = new URLSearchParams({ ...(type && { type }), ...(asset && { asset }) });
  const file = `${exportStatement.url}?${selection.toString()}`;
  const page = new URLSearchParams([['limit', String(statementPageSize)], ...selection]);
  const path = `/api/v1/account/ledger?${page.toString()}`;
  return (
    <Stack gap="md">
      <Group justify="space-between" gap="sm">
        <FilterChips
          label={t('moneyPage.filter.type')}
          parameter="type"
          value={type}
          choices={[
            { value: undefined, label: t('moneyPage.filter.all') },
            ...types.map((value) => ({ value, label: t(`moneyPage.filter.${value}`) })),
          ]}
        />
        <Group gap="sm">
          <FilterChips
            label={t('moneyPage.filter.asset')}
            parameter="asset"
            value={asset}
            choices={[
              { value: undefined, label: t('moneyPage.filter.both') },
              ...assets.map((value) => ({ value, label: value })),
            ]}
          />
          <DownloadButton path={file} name="statement.csv" label={t('moneyPage.csv')} />
        </Group>
      </Group>
      <Card withBorder padding={0} aria-busy={query.isPlaceholderData}>
        <QueryView query={query} lines={6}>
          {({ data, nextCursor }) =>
            data.length === 0 ? (
              <EmptyState
                icon={IconReceipt2}
                title={t(type || asset ? 'moneyPage.emptyFiltered' : 'moneyPage.empty')}
              />
            ) : (
              <>
                <StatementTable lines={data} />
                <KeysetPaging cursor={cursor} nextCursor={nextCursor} />
              </>
            )
          }
        </QueryView>
      </Card>
      <NoExplorerNote cluster={app.config.cluster} />
      <CommandLines
        lines={[
          { label: 'CLI', text: `node3 api GET '${path}'` },
          { label: 'curl', text: curlLine({ url: `${location.origin}${path}` }) },
        ]}
      />
    </Stack>
  );
}
