import { Card, Stack, Text } from '@mantine/core';
import type { ReplyOf } from '@node3/shared/contract';
import type { getPublicProvider } from '@node3/shared/routes/public-providers';
import { IconCpu2 } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { useFormat } from '../../i18n/use-format.ts';
import { useChannelRefresh, usePollMs } from '../../live/use-stream.ts';
import { CommandLines } from '../../parts/command-lines.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { PageHeading } from '../../parts/page-heading.tsx';
import { ProviderReason } from '../../parts/provider-reason.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import { SectionCard } from '../../parts/section-card.tsx';
import { offersQuery, publicProviderQuery } from '../../queries/market.ts';
import { curlLine } from '../../shell-command.ts';
import '../market/market-page.css';
import { OfferCards } from '../market/offer-cards.tsx';
import { Share } from '../market/offer-facts.tsx';
import { ProviderStatusBadge } from './provider-status.tsx';

/** One provider: how it stands, what its agents have done, and which GPUs they offer. */
export function ProviderPage() {
  const { t } = useTranslation();
  const app = useApp();
  const { provider: name = '' } = useParams({ strict: false });
  const refetchInterval = usePollMs();
  useChannelRefresh('market', ['market']);
  const provider = useQuery({ ...publicProviderQuery(app, name), refetchInterval });
  const status = 'online,offline,disabled';
  const offers = useQuery({
    ...offersQuery(app, { provider: provider.data?.name ?? name, status }),
    refetchInterval,
  });
  const url = `${location.origin}/api/v1/marketplace/providers/${encodeURIComponent(name)}`;
  return (
    <>
      <PageHeading
        title={provider.data?.name ?? name}
        mark={provider.data !== undefined && <ProviderStatusBadge status={provider.data.status} />}
        subtitle={<Link to="/providers">{t('providers.title')}</Link>}
      />
      <Stack gap="lg">
        <QueryView query={provider} lines={5}>
          {(data) => <ProviderFacts provider={data} />}
        </QueryView>
        {provider.error === null && (
          <SectionCard title={t('providers.offers')} description={t('providers.offersText')}>
            <QueryView query={offers}>
              {({ data, total }) =>
                data.length === 0 ? (
                  <EmptyState icon={IconCpu2} title={t('market.offersNone')} />
                ) : (
                  <Stack gap="md">
                    <OfferCards offers={data} />
                    {total.offers > data.length && (
                      <Link to="/marketplace" search={{ tab: 'compute', provider: name }}>
                        {t('providers.allOffers', { count: total.offers })}
                      </Link>
                    )}
                  </Stack>
                )
              }
            </QueryView>
          </SectionCard>
        )}
        <CommandLines lines={[{ label: 'curl', text: curlLine({ url }) }]} />
      </Stack>
    </>
  );
}

function ProviderFacts({ provider }: { provider: ReplyOf<typeof getPublicProvider> }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { description, kind, stats, workers } = provider;
  return (
    <Card withBorder padding="md">
      <Text mb={4} className="break">
        <ProviderReason reason={provider.statusReason} />
      </Text>
      {description !== null && (
        <Text size="sm" c="dimmed" mb="md" className="break">
          {description}
        </Text>
      )}
      <dl className="key-facts">
        <div>
          <dt>{t('providers.kind')}</dt>
          <dd>{kind}</dd>
        </div>
        <div>
          <dt>{t('providers.agents')}</dt>
          <dd>{`${workers.online} / ${workers.registered}`}</dd>
        </div>
        <div>
          <dt>{t('providers.slots')}</dt>
          <dd>{`${workers.busySlots} / ${workers.slots}`}</dd>
        </div>
        <div>
          <dt>{t('agents.done')}</dt>
          <dd>
            {t('agents.doneCounts', { succeeded: stats.jobsSucceeded, failed: stats.jobsFailed })}
          </dd>
        </div>
        <div>
          <dt>{t('providers.success')}</dt>
          <dd>
            <Share value={stats.successRate} />
          </dd>
        </div>
        <div>
          <dt>{t('providers.meanRun')}</dt>
          <dd>{format.duration(stats.runMsMean)}</dd>
        </div>
      </dl>
    </Card>
  );
}
