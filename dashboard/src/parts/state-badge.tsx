import { Badge } from '@mantine/core';
import type { ExecutionState } from '@node3/shared/execution-state';
import type { JobState } from '@node3/shared/job-state';
import type { PayoutState } from '@node3/shared/settlement-state';
import { useTranslation } from 'react-i18next';
import { executionLooks, jobLooks, type Look, payoutLooks } from './state-look.ts';

interface LookBadgeProps {
  look: Look;
  label: string;
  size?: 'md' | 'lg';
}

export function LookBadge({ look, label, size = 'md' }: LookBadgeProps) {
  const { icon: Icon, color } = look;
  const iconSize = size === 'lg' ? 16 : 13;
  return (
    <Badge
      variant="light"
      color={color}
      size={size}
      radius="sm"
      leftSection={<Icon size={iconSize} stroke={2.25} aria-hidden />}
      className="state-badge"
    >
      {label}
    </Badge>
  );
}

export function JobStateBadge({ state, size }: { state: JobState; size?: 'md' | 'lg' }) {
  const { t } = useTranslation();
  return (
    <LookBadge
      look={jobLooks[state]}
      label={t(`job.state.${state}`)}
      {...(size === undefined ? {} : { size })}
    />
  );
}

export function ExecutionStateBadge({ state }: { state: ExecutionState }) {
  const { t } = useTranslation();
  return <LookBadge look={executionLooks[state]} label={t(`execution.state.${state}`)} />;
}

export function PayoutStateBadge({ state }: { state: PayoutState }) {
  const { t } = useTranslation();
  return <LookBadge look={payoutLooks[state]} label={t(`payout.state.${state}`)} />;
}
