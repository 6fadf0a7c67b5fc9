import { Button, Group, SimpleGrid } from '@mantine/core';
import type { ProviderState } from '@node3/shared/provider';
import * as routes from '@node3/shared/routes/providers';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { useFormat } from '../../i18n/use-format.ts';
import { usePollMs } from '../../live/use-stream.ts';
import { ProviderReason } from '../../parts/provider-reason.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import { RelativeTime } from '../../parts/relative-time.tsx';
import { SectionCard } from '../../parts/section-card.tsx';
import { operatorQuery } from '../../queries/operator.ts';
import { curlLine } from '../../shell-command.ts';
import { AssignAgent } from './providers/assign-agent.tsx';
import { ProviderLimits } from './providers/provider-limits.tsx';
import { ProviderStatusBadge } from './providers/provider-status.tsx';
import { ActDialog } from './shared/act-dialog.tsx';
import { OperatorPage } from './shared/operator-page.tsx';
import { useOperate } from './shared/use-operate.ts';

const route = getRouteApi('/admin/providers/$provider');

/** One provider: how it stands, what its agents did, and its limits. */
export function ProviderDetailPage() {
  const { provider: word } = route.useParams();
  const query = useQuery({
    ...operatorQuery(useApp(), routes.getProvider, { params: { provider: word } }),
    refetchInterval: usePollMs(),
  });
  const path = `/api/v1/admin/providers/${word}`;
  return (
    <OperatorPage
      title={word}
      mark={query.data && <ProviderStatusBadge status={query.data.status} />}
      subtitle={query.data && <ProviderReason reason={query.data.statusReason} />}
      lines={[
        { label: 'CLI', text: `node3 admin providers show ${word}` },
        { label: 'curl', text: curlLine({ url: `${location.origin}${path}` }) },
      ]}
    >
      {() => (
        <QueryView query={query} lines={6}>
          {(provider) => (
            <>
              <States provider={provider} />
              <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">
                <Stats provider={provider} />
                <HealthLog word={word} />
              </SimpleGrid>
              <ProviderLimits key={provider.changedAt} provider={provider} />
              <AssignAgent provider={word} />
            </>
          )}
        </QueryView>
      )}
    </OperatorPage>
  );
}

const actions = { active: 'enable', maintenance: 'maintain', disabled: 'disable' } as const;

function States({ provider }: { provider: routes.Provider }) {
  const { t } = useTranslation();
  const { operate, isBusy } = useOperate();
  const [asked, setAsked] = useState<ProviderState | null>(null);
  const states = (Object.keys(actions) as ProviderState[]).filter((one) => one !== provider.state);
  return (
    <Group gap="sm">
      {states.map((state) => (
        <Button
          key={state}
          size="xs"
          variant="default"
          disabled={isBusy}
          onClick={() => setAsked(state)}
        >
          {t(`op.provider.${actions[state]}`)}
        </Button>
      ))}
      <ActDialog
        act={
          asked === null
            ? null
            : {
                title: t(`op.provider.${actions[asked]}.title`, { name: provider.name }),
                text: t(`op.provider.${actions[asked]}.text`),
                confirm: t(`op.provider.${actions[asked]}`),
                ...(asked === 'disabled' ? { color: 'red' } : {}),
                ...(asked === 'active' ? {} : { reason: 'optional' as const }),
              }
        }
        onClose={() => setAsked(null)}
        onConfirm={(reason) =>
          asked !== null &&
          operate(async (client) => {
            const params = { provider: provider.providerId };
            await client.call(routes.setProviderState, { params, body: { state: asked, reason } });
            return t('op.provider.changed', { name: provider.name });
          })
        }
      />
    </Group>
  );
}

function Stats({ provider: { name, workers } }: { provider: routes.Provider }) {
  const { t } = useTranslation();
  const format = useFormat();
  const params = { provider: name };
  const query = useQuery(operatorQuery(useApp(), routes.getProviderStats, { params }));
  return (
    <SectionCard title={t('op.provider.stats')}>
      <QueryView query={query}>
        {(stats) => (
          <dl className="facts">
            <dt>{t('op.provider.agents')}</dt>
            <dd>
              {format.number(workers.online)} / {format.number(workers.registered)}
            </dd>
            <dt>{t('op.agent.jobs')}</dt>
            <dd>
              {format.number(stats.jobsSucceeded)} / {format.number(stats.jobsFailed)}
            </dd>
            <dt>{t('op.figure.successRatio')}</dt>
            <dd>{format.percent(stats.successRate)}</dd>
            <dt>{t('op.figure.runMsMean')}</dt>
            <dd>{format.duration(stats.runMsMean)}</dd>
            <dt>{t('op.provider.inUse')}</dt>
            <dd>{format.percent(stats.utilization)}</dd>
            <dt>{t('op.provider.earned')}</dt>
            <dd>
              {format.money(stats.earned?.SOL.finalized ?? null)},{' '}
              {format.money(stats.earned?.USDC.finalized ?? null)}
            </dd>
          </dl>
        )}
      </QueryView>
    </SectionCard>
  );
}

function HealthLog({ word }: { word: string }) {
  const { t } = useTranslation();
  const args = { params: { provider: word }, query: { limit: 10 } };
  const query = useQuery(operatorQuery(useApp(), routes.getProviderHealth, args));
  return (
    <SectionCard title={t('op.provider.health')} description={t('op.provider.healthHint')}>
      <QueryView query={query}>
        {({ data }) =>
          data.length === 0 ? (
            t('op.provider.healthNone')
          ) : (
            <dl className="facts">
              {data.map(({ number, status, reason, at }) => (
                <div key={number}>
                  <dt>
                    <RelativeTime at={at} />
                  </dt>
                  <dd>
                    {t(`op.provider.status.${status}`)}: <ProviderReason reason={reason} />
                  </dd>
                </div>
              ))}
            </dl>
          )
        }
      </QueryView>
    </SectionCard>
  );
}
