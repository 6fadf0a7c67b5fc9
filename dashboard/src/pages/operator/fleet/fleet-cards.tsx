import { Card, Group, SimpleGrid, Text, Title } from '@mantine/core';
import { trustOf } from '@node3/shared/agent-trust';
import type { AdminAgent } from '@node3/shared/routes/admin-agents';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { unknownMark } from '../../../format.ts';
import { useFormat } from '../../../i18n/use-format.ts';
import { RelativeTime } from '../../../parts/relative-time.tsx';
import { AgentBadges } from './agent-badges.tsx';
import { Devices } from './fleet-columns.tsx';

export function FleetCards({ agents }: { agents: AdminAgent[] }) {
  return (
    <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }} component="ul" className="plain-list" p="md">
      {agents.map((agent) => (
        <AgentCard key={agent.agentId} agent={agent} />
      ))}
    </SimpleGrid>
  );
}

function AgentCard({ agent }: { agent: AdminAgent }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <Card component="li" withBorder padding="md" className="inner-card">
      <Group justify="space-between" wrap="nowrap" align="flex-start" mb="xs">
        <Title order={2} size="h4" className="truncate">
          <Link to="/admin/fleet/$agentId" params={{ agentId: agent.agentId }} className="row-link">
            {agent.name}
          </Link>
        </Title>
        <AgentBadges agent={agent} />
      </Group>
      <Text component="div" size="sm" mb="sm">
        <Devices agent={agent} />
      </Text>
      <dl className="facts">
        <dt>{t('op.agent.load')}</dt>
        <dd>
          {agent.running} / {agent.slots ?? unknownMark}
        </dd>
        <dt>{t('op.agent.jobs')}</dt>
        <dd>
          {agent.jobsSucceeded} / {agent.jobsFailed}
        </dd>
        <dt>{t('op.agent.trust')}</dt>
        <dd>{format.percent(trustOf(agent.reputation))}</dd>
        <dt>{t('op.agent.version')}</dt>
        <dd>{agent.version}</dd>
        <dt>{t('op.agent.seen')}</dt>
        <dd>
          {agent.lastSeenAt === null ? t('state.never') : <RelativeTime at={agent.lastSeenAt} />}
        </dd>
      </dl>
    </Card>
  );
}
