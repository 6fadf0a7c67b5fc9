import { SimpleGrid, Stack, Text } from '@mantine/core';
import type { AdminAgent } from '@node3/shared/routes/admin-agents';
import { useTranslation } from 'react-i18next';
import { unknownMark } from '../../../format.ts';
import { useFormat } from '../../../i18n/use-format.ts';
import { CopyText } from '../../../parts/copy-text.tsx';
import { RelativeTime } from '../../../parts/relative-time.tsx';
import { SectionCard } from '../../../parts/section-card.tsx';
import { AgentActions } from './agent-actions.tsx';
import { AgentBadges } from './agent-badges.tsx';
import { AgentDevices } from './agent-devices.tsx';

export function AgentView({ agent }: { agent: AdminAgent }) {
  return (
    <Stack gap="lg">
      <AgentActions agent={agent} />
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">
        <Identity agent={agent} />
        <Standing agent={agent} />
      </SimpleGrid>
      <AgentDevices agent={agent} />
    </Stack>
  );
}

function Identity({ agent }: { agent: AdminAgent }) {
  const { t } = useTranslation();
  const { standing } = agent;
  return (
    <SectionCard title={t('op.agent.identity')} aside={<AgentBadges agent={agent} />}>
      <dl className="facts">
        {standing.reason !== null && (
          <>
            <dt>{t('op.agent.reason')}</dt>
            <dd>{standing.reason}</dd>
          </>
        )}
        {standing.until !== null && (
          <>
            <dt>{t('op.agent.until')}</dt>
            <dd>
              <RelativeTime at={standing.until} />
            </dd>
          </>
        )}
        <dt>{t('op.fleet.provider')}</dt>
        <dd>{agent.provider}</dd>
        <dt>{t('op.agent.wallet')}</dt>
        <dd>
          <span className="mono break">{agent.wallet}</span>
          <CopyText value={agent.wallet} label={t('op.agent.copyWallet')} />
        </dd>
        <dt>{t('op.agent.version')}</dt>
        <dd>{agent.version}</dd>
        <dt>{t('op.agent.region')}</dt>
        <dd>{agent.region ?? t('state.unknown')}</dd>
        <dt>{t('op.agent.isolation')}</dt>
        <dd>{agent.isolation ?? t('state.unknown')}</dd>
        <dt>{t('op.agent.seen')}</dt>
        <dd>
          {agent.lastSeenAt === null ? t('state.never') : <RelativeTime at={agent.lastSeenAt} />}
        </dd>
        <dt>{t('op.agent.registered')}</dt>
        <dd>
          <RelativeTime at={agent.registeredAt} />
        </dd>
      </dl>
    </SectionCard>
  );
}

const axes = ['completion', 'correctness', 'availability', 'startLatency'] as const;

/** How it behaves, by what the marketplace itself has seen. */
function Standing({ agent }: { agent: AdminAgent }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { avgRunSec, rating, reputation } = agent;
  return (
    <SectionCard title={t('op.agent.standing')} description={t('op.agent.standingHint')}>
      <dl className="facts">
        <dt>{t('op.agent.load')}</dt>
        <dd>
          {agent.running} / {agent.slots ?? unknownMark}
        </dd>
        <dt>{t('op.agent.jobs')}</dt>
        <dd>
          {format.number(agent.jobsSucceeded)} / {format.number(agent.jobsFailed)}
        </dd>
        {axes.map((axis) => (
          <div key={axis}>
            <dt>{t(`op.agent.axis.${axis}`)}</dt>
            <dd>
              {format.percent(reputation[axis].value)}{' '}
              <Text span size="xs" c="dimmed">
                {t('op.agent.evidence', { count: reputation[axis].count })}
              </Text>
            </dd>
          </div>
        ))}
        <dt>{t('op.agent.avgRun')}</dt>
        <dd>{format.duration(avgRunSec === null ? null : avgRunSec * 1_000)}</dd>
        <dt>{t('op.agent.rating')}</dt>
        <dd>
          {format.number(rating.mean)}{' '}
          <Text span size="xs" c="dimmed">
            {t('op.agent.ratings', { count: rating.count })}
          </Text>
        </dd>
      </dl>
    </SectionCard>
  );
}
