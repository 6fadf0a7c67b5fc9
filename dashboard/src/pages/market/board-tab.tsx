import { Card, Group } from '@mantine/core';
import { boardSorts, type PublicJob } from '@node3/shared/routes/marketplace';
import { IconClipboardList } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { usePollMs } from '../../live/use-stream.ts';
import { EmptyState } from '../../parts/empty-state.tsx';
import { boardQuery } from '../../queries/market.ts';
import { BoardTable } from '../overview/board-table.tsx';
import { BoardFacets } from './board-facets.tsx';
import { boardCommands } from './market-commands.ts';
import {
  assetChoices,
  MemoryField,
  SearchOfList,
  SearchSelect,
  SearchText,
  useMarketField,
} from './market-field.tsx';
import { MarketList } from './market-list.tsx';
import { boardQueryOf, filterFields, type MarketSearch } from './market-search.ts';
import { PublicJobDialog } from './public-job-dialog.tsx';

/** Jobs that agents can have or have now, with what anybody may know of them. */
export function BoardTab({ search }: { search: MarketSearch }) {
  const { t } = useTranslation();
  const app = useApp();
  const query = boardQueryOf(search);
  const board = useQuery({ ...boardQuery(app, query), refetchInterval: usePollMs() });
  return (
    <MarketList
      search={search}
      query={board}
      filters={
        <>
          <SearchOfList search={search} placeholder={t('market.searchJobs')} />
          <SearchSelect
            label={t('market.field.asset')}
            field="asset"
            search={search}
            choices={[{ value: '', label: t('market.anyAsset') }, ...assetChoices]}
          />
          {search.asset !== undefined && <RewardRange search={search} />}
          <MemoryField search={search} label={t('market.field.memoryMost')} />
          {board.data !== undefined && <BoardFacets search={search} facets={board.data.facets} />}
        </>
      }
      bar={<SortBoard search={search} />}
      sum={({ complete, lookedAt, total }) =>
        [
          t('market.jobsFound', { count: total }),
          ...(complete ? [] : [t('market.jobsNewest', { count: lookedAt })]),
        ].join(' ')
      }
      lines={boardCommands(query)}
    >
      {({ data }) => <JobList jobs={data} search={search} />}
    </MarketList>
  );
}

/** Only of one asset: amounts of two can't be compared. */
function RewardRange({ search }: { search: MarketSearch }) {
  const { t } = useTranslation();
  return (
    <Group grow gap="sm">
      <SearchText
        label={t('market.field.rewardMin')}
        field="rewardMin"
        search={search}
        inputMode="decimal"
        placeholder="0"
      />
      <SearchText
        label={t('market.field.rewardMax')}
        field="rewardMax"
        search={search}
        inputMode="decimal"
        placeholder="10"
      />
    </Group>
  );
}

function SortBoard({ search }: { search: MarketSearch }) {
  const { t } = useTranslation();
  const inOneAsset = search.asset !== undefined;
  const sorts = boardSorts.filter((sort) => inOneAsset || (sort !== 'reward' && sort !== 'rate'));
  return (
    <Group align="flex-end" gap="sm">
      <SearchSelect
        label={t('market.sort')}
        field="sort"
        search={search}
        choices={sorts.map((value) => ({ value, label: t(`market.boardSort.${value}`) }))}
      />
    </Group>
  );
}

function JobList({ jobs, search }: { jobs: PublicJob[]; search: MarketSearch }) {
  const { t } = useTranslation();
  const write = useMarketField();
  const isFiltered = filterFields.some((field) => search[field] !== undefined);
  if (jobs.length === 0) {
    return (
      <Card withBorder>
        <EmptyState icon={IconClipboardList} title={t('board.empty')}>
          {isFiltered ? t('market.noneFits') : t('market.jobsNoneHint')}
        </EmptyState>
      </Card>
    );
  }
  const shown = jobs.find(({ jobId }) => jobId === search.job) ?? null;
  return (
    <Card withBorder padding={0}>
      <div className="section-flush">
        <BoardTable jobs={jobs} />
      </div>
      <PublicJobDialog job={shown} onClose={() => write({ job: undefined })} />
    </Card>
  );
}
