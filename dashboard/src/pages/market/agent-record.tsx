import type { PublicAgentWithUptime } from '@node3/shared/routes/marketplace';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { useFormat } from '../../i18n/use-format.ts';
import { RelativeTime } from '../../parts/relative-time.tsx';
import { SectionCard } from '../../parts/section-card.tsx';
import { UptimeFacts } from '../../parts/uptime-facts.tsx';
import { Share, Stars } from './offer-facts.tsx';

const axes = ['completion', 'availability', 'correctness', 'startLatency'] as const;

interface AgentRecordProps {
  agent: PublicAgentWithUptime;
  provider: string | null;
}

/** What the marketplace has seen of the agent, and what that rests on. */
export function AgentRecord({ agent, provider }: AgentRecordProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { config } = useApp();
  const facts: [string, ReactNode][] = [
    [t('market.field.region'), agent.region ?? t('state.unknown')],
    [t('market.field.isolation'), agent.isolation ?? t('state.unknown')],
    [
      t('agents.running'),
      agent.slots === null
        ? format.number(agent.running)
        : t('agents.runningOf', { running: agent.running, slots: agent.slots }),
    ],
    [
      t('agents.done'),
      t('agents.doneCounts', { succeeded: agent.jobsSucceeded, failed: agent.jobsFailed }),
    ],
    [
      t('market.agent.avgRun'),
      agent.avgRunSec === null ? t('state.unknown') : format.duration(agent.avgRunSec * 1_000),
    ],
    [t('market.rating'), <Stars key="rating" rating={agent.rating} />],
    ...axes.map((axis): [string, ReactNode] => [
      t(`market.axis.${axis}`),
      <span key={axis}>
        <Share value={agent.reputation[axis].value} />
        {agent.reputation[axis].count > 0 &&
          ` (${t('market.agent.evidence', { count: agent.reputation[axis].count })})`}
      </span>,
    ]),
    [t('agents.lastSeen'), <RelativeTime key="seen" at={agent.lastSeenAt} />],
    [t('market.agent.since'), <RelativeTime key="since" at={agent.registeredAt} />],
  ];
  return (
    <SectionCard title={t('market.agent.record')} description={t('market.agent.recordText')}>
      <dl className="facts">
        {provider !== null && (
          <>
            <dt>{t('market.field.provider')}</dt>
            <dd>
              {config.mode === 'marketplace' ? (
                <Link to="/providers/$provider" params={{ provider }}>
                  {provider}
                </Link>
              ) : (
                provider
              )}
            </dd>
          </>
        )}
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
        <UptimeFacts uptime={agent.uptime ?? null} />
      </dl>
    </SectionCard>
  );
}
