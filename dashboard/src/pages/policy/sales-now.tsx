import { Alert, Stack, Text } from '@mantine/core';
import type { AgentStatus, LocalPolicy } from '@node3/shared/routes/agent-local';
import {
  IconAlertTriangle,
  IconCircleCheck,
  IconMoonStars,
  IconRefresh,
} from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { ServerText } from '../../parts/server-words.tsx';
import { AgentSaid } from '../agent/agent-words.tsx';

interface SalesNowProps {
  policy: LocalPolicy;
  status: AgentStatus | undefined;
}

const selling: readonly AgentStatus['state'][] = ['idle', 'working'];

/** Whether new work is taken at this moment, and if not, everything that is in the way. */
export function SalesNow({ policy, status }: SalesNowProps) {
  const { t } = useTranslation();
  const { closedSaid, problemSaid, restartNeed, withheld } = policy;
  const own = status !== undefined && !selling.includes(status.state) ? status.stateSaid : null;
  // The agent's own state may be what the policy says.
  const told = [...(own ?? []), ...(closedSaid === null ? [] : [closedSaid])];
  const all = [...told, ...withheld.map(({ said }) => said)];
  const reasons = [...new Map(all.map((one) => [one.text, one])).values()];
  const isOpen = closedSaid === null && own === null;
  const title = isOpen ? (reasons.length === 0 ? 'open' : 'partly') : 'closed';
  return (
    <Stack gap="sm" role="status">
      {problemSaid !== null && (
        <Alert
          color="red"
          variant="light"
          icon={<IconAlertTriangle aria-hidden />}
          title={t('policy.now.problem')}
        >
          <Text size="sm" className="break">
            <AgentSaid said={[problemSaid]} />
          </Text>
        </Alert>
      )}
      <Alert
        color={isOpen ? 'green' : 'orange'}
        variant="light"
        icon={isOpen ? <IconCircleCheck aria-hidden /> : <IconMoonStars aria-hidden />}
        title={t(`policy.now.${title}`)}
      >
        {reasons.length > 0 &&
          reasons.map((reason) => (
            <Text key={reason.text} size="sm">
              <AgentSaid said={[reason]} />
            </Text>
          ))}
      </Alert>
      {restartNeed !== null && (
        <Alert color="blue" variant="light" icon={<IconRefresh aria-hidden />}>
          <ServerText text={restartNeed} />
        </Alert>
      )}
    </Stack>
  );
}
