import { Group } from '@mantine/core';
import type { AgentState } from '@node3/shared/agent-state';
import type { AdminAgent } from '@node3/shared/routes/admin-agents';
import {
  IconBan,
  IconCircleCheck,
  IconLogout,
  IconPlayerPause,
  IconPlugConnectedX,
  IconProgressDown,
} from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { LookBadge } from '../../../parts/state-badge.tsx';
import type { Look } from '../../../parts/state-look.ts';

const statusLooks: Record<AdminAgent['status'], Look> = {
  online: { color: 'green', icon: IconCircleCheck },
  offline: { color: 'gray', icon: IconPlugConnectedX },
  disabled: { color: 'red', icon: IconBan },
};

/** `active` is what agents are; only another state is worth a word. */
const stateLooks: Record<Exclude<AgentState, 'active' | 'disabled'>, Look> = {
  draining: { color: 'orange', icon: IconProgressDown },
  paused: { color: 'orange', icon: IconPlayerPause },
  unregistered: { color: 'gray', icon: IconLogout },
};

export function AgentBadges({ agent }: { agent: Pick<AdminAgent, 'status' | 'state'> }) {
  const { t } = useTranslation();
  const { status, state } = agent;
  return (
    <Group gap={6}>
      <LookBadge look={statusLooks[status]} label={t(`agent.status.${status}`)} />
      {state !== 'active' && state !== 'disabled' && (
        <LookBadge look={stateLooks[state]} label={t(`op.agent.state.${state}`)} />
      )}
    </Group>
  );
}
