import { Group, Stack, Text } from '@mantine/core';
import type { Health } from '@node3/shared/routes/health';
import { IconAlertTriangle, IconCircleCheck, IconCircleX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../i18n/use-format.ts';
import { SectionCard } from '../../parts/section-card.tsx';
import { LookBadge } from '../../parts/state-badge.tsx';
import type { Look } from '../../parts/state-look.ts';

const looks: Record<Health['status'], Look> = {
  healthy: { color: 'green', icon: IconCircleCheck },
  degraded: { color: 'orange', icon: IconAlertTriangle },
  unhealthy: { color: 'red', icon: IconCircleX },
};
const statusByCheck = { ok: 'healthy', degraded: 'degraded', failed: 'unhealthy' } as const;

/** What the marketplace depends on, each with the sentence the marketplace gives for it. */
export function HealthList({ health }: { health: Health }) {
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
          const { icon: Icon, color } = looks[statusByCheck[check.state]];
          return (
            <Group key={name} component="li" gap="sm" wrap="nowrap" align="flex-start">
              <Text component="span" className="check-icon" data-color={color}>
                <Icon size={18} aria-hidden />
              </Text>
              <div>
                <Text size="sm" fw={600}>
                  {t(`health.check.${name}`)}
                  <span className="visually-hidden">: {t(`health.${check.state}`)}</span>
                </Text>
                <Text size="sm" c="dimmed">
                  {check.detail}
                </Text>
              </div>
            </Group>
          );
        })}
      </Stack>
      <Text size="xs" c="dimmed" mt="md">
        {t('health.uptime', { age: format.duration(health.uptimeSec * 1000) })}
      </Text>
    </SectionCard>
  );
}
