import { Alert, Stack, Text } from '@mantine/core';
import type { AgentStatus, LocalPolicy } from '@node3/shared/routes/agent-local';
import {
  IconAlertTriangle,
  IconCircleCheck,
  IconMoonStars,
  IconRefresh,
} from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';

interface SalesNowProps {
  policy: LocalPolicy;
  status: AgentStatus | undefined;
}

const selling: readonly AgentStatus['state'][] = ['idle', 'working'];

/** Whether new work is taken at this moment, and if not, everything that is in the way. */
export function SalesNow({ policy, status }: SalesNowProps) {
  const { t } = useTranslation();
  const { closed, problem, restartNeed, withheld } = policy;
  const own = status !== undefined && !selling.includes(status.state) ? status.stateSentence : null;
  // The agent's own state may be what the policy says.
  const reasons = [...new Set([own, closed, ...withheld.map(({ sentence }) => sentence)])].filter(
    (reason) => reason !== null,
  );
  const isOpen = closed === null && own === null;
  const title = isOpen ? (reasons.length === 0 ? 'open' : 'partly') : 'closed';
  return (
    <Stack gap="sm" role="status">
      {problem !== null && (
        <Alert
          color="red"
          variant="light"
          icon={<IconAlertTriangle aria-hidden />}
          title={t('policy.now.problem')}
        >
          <Text size="sm" className="break">
            {problem}
          </Text>
        </Alert>
      )}
      <Alert
        color={isOpen ? 'green' : 'orange'}
        variant="light"
        icon={isOpen ? <IconCircleCheck aria-hidden /> : <IconMoonStars aria-hidden />}
        title={t(`policy.now.${title}`)}
      >
        {reasons.map((reason) => (
          <Text key={reason} size="sm">
            {reason}
          </Text>
        ))}
      </Alert>
      {restartNeed !== null && (
        <Alert color="blue" variant="light" icon={<IconRefresh aria-hidden />}>
          {restartNeed}
        </Alert>
      )}
    </Stack>
  );
}
