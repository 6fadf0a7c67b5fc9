import { Card, Group, Text } from '@mantine/core';
import type { AgentStatus } from '@node3/shared/routes/agent-local';
import {
  IconAlertTriangle,
  IconBolt,
  IconHourglass,
  IconLoader,
  IconPlayerPause,
  IconPlugConnectedX,
  type TablerIcon,
} from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { RelativeTime } from '../../parts/relative-time.tsx';
import { AgentSaid } from './agent-words.tsx';

const looks: Record<AgentStatus['state'], { color: string; icon: TablerIcon }> = {
  starting: { color: 'gray', icon: IconLoader },
  idle: { color: 'blue', icon: IconHourglass },
  working: { color: 'green', icon: IconBolt },
  paused: { color: 'orange', icon: IconPlayerPause },
  draining: { color: 'orange', icon: IconPlayerPause },
  blocked: { color: 'red', icon: IconAlertTriangle },
  engine_down: { color: 'red', icon: IconAlertTriangle },
  held: { color: 'red', icon: IconPlayerPause },
};

/** Nothing can come as long as the marketplace does not answer, however ready the machine is. */
const cutOffLook = { color: 'orange', icon: IconPlugConnectedX };

/** Answers one question before all others: am I earning right now? */
export function AgentHero({ status }: { status: AgentStatus }) {
  const { t } = useTranslation();
  const isCutOff =
    status.state === 'idle' && status.stateSaid.some(({ code }) => code === 'outage');
  const { color, icon: Icon } = isCutOff ? cutOffLook : looks[status.state];
  const simulated = status.devices.length > 0 && status.devices.every((device) => device.simulated);
  return (
    <Card component="section" withBorder padding="lg" className="hero" data-color={color}>
      <Group gap="md" wrap="nowrap" align="center">
        <div className="hero-icon">
          <Icon size={30} stroke={1.75} aria-hidden />
        </div>
        <div>
          <div role="status">
            <h2 className="hero-title">
              {t(isCutOff ? 'agent.cutOff' : `agent.state.${status.state}`)}
            </h2>
            <Text mt={2}>
              <AgentSaid said={status.stateSaid} />
            </Text>
          </div>
          <Text size="sm" c="dimmed" mt={4}>
            {t('hero.lastContact')}{' '}
            {status.lastContactAt === null ? (
              t('state.never')
            ) : (
              <RelativeTime at={status.lastContactAt} />
            )}
            {simulated && ` · ${t('hero.simulated')}`}
          </Text>
        </div>
      </Group>
    </Card>
  );
}
