import { Group, Stack, Text } from '@mantine/core';
import type { Health } from '@node3/shared/routes/health';
import type { Overview } from '@node3/shared/routes/marketplace';
import { IconAlertTriangle, IconCircleCheck, IconCircleX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../i18n/use-format.ts';
import { useStreamStatus } from '../../live/use-stream.ts';
import { SectionCard } from '../../parts/section-card.tsx';
import { HealthText } from '../../parts/server-words.tsx';
import { LookBadge } from '../../parts/state-badge.tsx';
import type { Look } from '../../parts/state-look.ts';

const looks: Record<Health['status'], Look> = {
  healthy: { color: 'green', icon: IconCircleCheck },
  degraded: { color: 'orange', icon: IconAlertTriangle },
  unhealthy: { color: 'red', icon: IconCircleX },
};
const statusByCheck = { ok: 'healthy', degraded: 'degraded', failed: 'unhealthy' } as const;

interface HealthListProps {
  health: Health;
  /** null while nobody has said. */
  agents: Overview['agents'] | null;
}

/** What the marketplace depends on, each with the sentence the marketplace gives for it. */
export function HealthList({ health, agents }: HealthListProps) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <SectionCard
      id="health"
      title={t('health.title')}
      aside={<LookBadge look={looks[health.status]} label={t(`health.${health.status}`)} />}
    >
      <Stack component="ul" gap="md" className="plain-list">
        {(['store', 'chain', 'ledger', 'payouts'] as const).map((name) => {
          const check = health.checks[name];
          return (
            <HealthLine
              key={name}
              status={statusByCheck[check.state]}
              name={t(`health.check.${name}`)}
              state={t(`health.${check.state}`)}
              detail={<HealthText name={name} check={check} />}
            />
          );
        })}
        {agents !== null && <AgentsLine agents={agents} />}
        <LiveLine />
      </Stack>
      <Text size="xs" c="dimmed" mt="md">
        {t('health.uptime', { age: format.duration(health.uptimeSec * 1000) })}
      </Text>
    </SectionCard>
  );
}

interface HealthLineProps {
  status: Health['status'];
  name: string;
  state: string;
  detail: ReactNode;
}

function HealthLine({ status, name, state, detail }: HealthLineProps) {
  const { icon: Icon, color } = looks[status];
  return (
    <Group component="li" gap="sm" wrap="nowrap" align="flex-start">
      <Text component="span" className="check-icon" data-color={color}>
        <Icon size={18} aria-hidden />
      </Text>
      <div>
        <Text size="sm" fw={600}>
          {name}
          <span className="visually-hidden">: {state}</span>
        </Text>
        <Text size="sm" c="dimmed">
          {detail}
        </Text>
      </div>
    </Group>
  );
}

function AgentsLine({ agents }: { agents: Overview['agents'] }) {
  const { t } = useTranslation();
  const isGood = agents.online > 0;
  return (
    <HealthLine
      status={isGood ? 'healthy' : 'degraded'}
      name={t('health.check.agents')}
      state={t(isGood ? 'health.ok' : 'health.degraded')}
      detail={t('health.agents', { online: agents.online, offline: agents.offline })}
    />
  );
}

/** Whether changes come to this page by themselves. */
function LiveLine() {
  const { t } = useTranslation();
  const isOpen = useStreamStatus() === 'open';
  return (
    <HealthLine
      status={isOpen ? 'healthy' : 'degraded'}
      name={t('health.check.live')}
      state={t(isOpen ? 'health.ok' : 'health.degraded')}
      detail={t(isOpen ? 'connection.live.hint' : 'connection.polling.hint')}
    />
  );
}
