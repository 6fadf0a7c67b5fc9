import { Button, Card, Group, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { IconPlayerPlay, IconServer2 } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { useChannelRefresh, usePollMs } from '../../live/use-stream.ts';
import { CommandLines } from '../../parts/command-lines.tsx';
import { PageHeading } from '../../parts/page-heading.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import { SectionCard } from '../../parts/section-card.tsx';
import { boardQuery, overviewQuery } from '../../queries/market.ts';
import { curlLine } from '../../shell-command.ts';
import { BoardTable } from './board-table.tsx';
import { OverviewStats } from './overview-stats.tsx';

const jobsShown = 8;

/** What the marketplace is, what it does right now, and how to begin. */
export function PublicOverview() {
  const { t } = useTranslation();
  const app = useApp();
  const refetchInterval = usePollMs();
  useChannelRefresh('market', ['market']);
  const overview = useQuery({ ...overviewQuery(app), refetchInterval });
  const board = useQuery({ ...boardQuery(app, { limit: jobsShown }), refetchInterval });
  const url = `${location.origin}/api/v1/marketplace/overview`;
  return (
    <>
      <PageHeading title={t('overview.publicTitle')} subtitle={t('overview.publicText')} />
      <Stack gap="lg">
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <StartCard kind="requester" />
          <StartCard kind="provider" />
        </SimpleGrid>
        <QueryView query={overview} lines={4}>
          {(data) => <OverviewStats overview={data} />}
        </QueryView>
        <SectionCard
          id="board"
          title={t('board.title')}
          description={t('board.description')}
          aside={<Link to="/marketplace">{t('board.all')}</Link>}
          padding="flush"
        >
          <QueryView query={board}>{({ data }) => <BoardTable jobs={data} />}</QueryView>
        </SectionCard>
        <CommandLines lines={[{ label: 'curl', text: curlLine({ url }) }]} />
      </Stack>
    </>
  );
}

function StartCard({ kind }: { kind: 'requester' | 'provider' }) {
  const { t } = useTranslation();
  const isRequester = kind === 'requester';
  const Icon = isRequester ? IconPlayerPlay : IconServer2;
  return (
    <Card withBorder padding="md">
      <Group gap="sm" mb={6}>
        <Icon size={20} aria-hidden className="line-icon" />
        <Title order={2}>{t(`overview.start.${kind}`)}</Title>
      </Group>
      <Text size="sm" c="dimmed" mb="md">
        {t(`overview.start.${kind}.text`)}
      </Text>
      <Group mt="auto">
        <Button
          variant={isRequester ? 'filled' : 'default'}
          renderRoot={(button) => (
            <Link to={isRequester ? '/jobs/new' : '/providers/new'} {...button} />
          )}
        >
          {t(`overview.start.${kind}.action`)}
        </Button>
      </Group>
    </Card>
  );
}
