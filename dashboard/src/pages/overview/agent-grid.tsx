import { Card, Code, Group, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import type { Money } from '@node3/shared/money';
import type { PublicAgent } from '@node3/shared/routes/marketplace';
import { IconBan, IconCircleCheck, IconPlugConnectedX, IconServer2 } from '@tabler/icons-react';
import { Trans, useTranslation } from 'react-i18next';
import { useFormat } from '../../i18n/use-format.ts';
import { DeviceLine } from '../../parts/device-line.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { RelativeTime } from '../../parts/relative-time.tsx';
import { LookBadge } from '../../parts/state-badge.tsx';
import type { Look } from '../../parts/state-look.ts';

const looks: Record<PublicAgent['status'], Look> = {
  online: { color: 'green', icon: IconCircleCheck },
  offline: { color: 'gray', icon: IconPlugConnectedX },
  disabled: { color: 'red', icon: IconBan },
};

export function AgentGrid({ agents }: { agents: PublicAgent[] }) {
  const { t } = useTranslation();
  if (agents.length === 0) {
    return (
      <EmptyState icon={IconServer2} title={t('agents.empty')}>
        <Trans
          i18nKey="agents.emptyAction"
          values={{ url: location.origin }}
          components={[<Code key="command" />]}
        />
      </EmptyState>
    );
  }
  return (
    <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }} component="ul" className="plain-list">
      {agents.map((agent) => (
        <AgentCard key={agent.agentId} agent={agent} />
      ))}
    </SimpleGrid>
  );
}

function AgentCard({ agent }: { agent: PublicAgent }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <Card component="li" withBorder padding="md" className="inner-card">
      <Group justify="space-between" wrap="nowrap" mb="sm" align="flex-start">
        <Title order={3} className="truncate">
          {agent.name}
        </Title>
        <LookBadge look={looks[agent.status]} label={t(`agent.status.${agent.status}`)} />
      </Group>
      <Stack gap={6} mb="md">
        {agent.devices.length === 0 && (
          <Text size="sm" c="dimmed">
            {t('agents.noGpu')}
          </Text>
        )}
        {agent.devices.map((device) => (
          <DeviceLine key={device.id} device={device} asks={asksFor(agent, device.id)} />
        ))}
      </Stack>
      <dl className="facts">
        <dt>{t('agents.running')}</dt>
        <dd>
          {agent.slots === null
            ? format.number(agent.running)
            : t('agents.runningOf', { running: agent.running, slots: agent.slots })}
        </dd>
        <dt>{t('agents.done')}</dt>
        <dd>
          {t('agents.doneCounts', { succeeded: agent.jobsSucceeded, failed: agent.jobsFailed })}
        </dd>
        <dt>{t('agents.isolation')}</dt>
        <dd>{agent.isolation ?? t('state.unknown')}</dd>
        <dt>{t('agents.lastSeen')}</dt>
        <dd>
          {agent.lastSeenAt === null ? t('state.never') : <RelativeTime at={agent.lastSeenAt} />}
        </dd>
      </dl>
    </Card>
  );
}

/** None for a GPU that takes anything. */
function asksFor({ deviceAsks }: PublicAgent, deviceId: string): Money[] {
  const asks = deviceAsks.find((entry) => entry.deviceId === deviceId);
  return [asks?.USDC, asks?.SOL].filter((ask) => ask !== undefined && ask !== null);
}
