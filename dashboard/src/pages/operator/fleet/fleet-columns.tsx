import { Text } from '@mantine/core';
import { trustOf } from '@node3/shared/agent-trust';
import type { AdminAgent } from '@node3/shared/routes/admin-agents';
import { Link } from '@tanstack/react-router';
import type { TFunction } from 'i18next';
import { shorten, unknownMark } from '../../../format.ts';
import type { useFormat } from '../../../i18n/use-format.ts';
import type { DataColumn } from '../../../parts/data-table/data-column.ts';
import { SimulatedBadge } from '../../../parts/device-line.tsx';
import { RelativeTime } from '../../../parts/relative-time.tsx';
import { AgentBadges } from './agent-badges.tsx';

type Format = ReturnType<typeof useFormat>;

/** Each is an order of the API, which has all agents and sorts them. */
export function fleetColumns(t: TFunction, format: Format): DataColumn<AdminAgent>[] {
  return [
    {
      id: 'name',
      title: t('op.agent.name'),
      value: (agent) => agent.name,
      cell: (agent) => <AgentName agent={agent} />,
    },
    {
      id: 'status',
      title: t('op.fleet.status'),
      value: (agent) => `${agent.status} ${agent.state}`,
      cell: (agent) => <AgentBadges agent={agent} />,
    },
    {
      id: 'provider',
      title: t('op.fleet.provider'),
      value: (agent) => agent.provider,
      cell: (agent) => agent.provider,
    },
    {
      id: 'gpus',
      title: t('op.agent.devices'),
      value: (agent) => agent.devices.length,
      cell: (agent) => <Devices agent={agent} />,
    },
    {
      id: 'load',
      title: t('op.agent.load'),
      align: 'right',
      value: (agent) => (agent.slots === null ? null : agent.running / agent.slots),
      cell: (agent) => `${agent.running} / ${agent.slots ?? unknownMark}`,
    },
    {
      id: 'jobs',
      title: t('op.agent.jobs'),
      align: 'right',
      value: (agent) => agent.jobsSucceeded,
      cell: (agent) => `${agent.jobsSucceeded} / ${agent.jobsFailed}`,
    },
    {
      id: 'trust',
      title: t('op.agent.trust'),
      align: 'right',
      value: (agent) => trustOf(agent.reputation),
      cell: (agent) => format.percent(trustOf(agent.reputation)),
    },
    {
      id: 'seen',
      title: t('op.agent.seen'),
      align: 'right',
      value: (agent) => agent.lastSeenAt,
      cell: (agent) =>
        agent.lastSeenAt === null ? t('state.never') : <RelativeTime at={agent.lastSeenAt} />,
    },
  ];
}

function AgentName({ agent }: { agent: AdminAgent }) {
  return (
    <div>
      <Link to="/admin/fleet/$agentId" params={{ agentId: agent.agentId }} className="row-link">
        {agent.name}
      </Link>
      <Text size="xs" c="dimmed" className="mono">
        {shorten(agent.agentId, 8, 5)}
      </Text>
    </div>
  );
}

/** Models with how many there are of each. */
export function Devices({ agent }: { agent: AdminAgent }) {
  const models = Map.groupBy(agent.devices, ({ model }) => model);
  if (models.size === 0) return <>{unknownMark}</>;
  return (
    <div>
      {[...models].map(([model, devices]) => (
        <div key={model}>
          {devices.length > 1 && `${devices.length} × `}
          {model} {devices.some(({ simulated }) => simulated) && <SimulatedBadge />}
        </div>
      ))}
    </div>
  );
}
