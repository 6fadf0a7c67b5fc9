import { Group, Stack, Text } from '@mantine/core';
import type { Health } from '@node3/shared/routes/health';
import { IconAlertTriangle, IconCircleCheck, IconCircleX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../../app-context.tsx';
import { usePollMs } from '../../../live/use-stream.ts';
import { QueryView } from '../../../parts/query-view.tsx';
import { SectionCard } from '../../../parts/section-card.tsx';
import { HealthText } from '../../../parts/server-words.tsx';
import { LookBadge } from '../../../parts/state-badge.tsx';
import type { Look } from '../../../parts/state-look.ts';
import { healthQuery } from '../../../queries/market.ts';

const looks: Record<Health['checks']['store']['state'], Look> = {
  ok: { color: 'green', icon: IconCircleCheck },
  degraded: { color: 'orange', icon: IconAlertTriangle },
  failed: { color: 'red', icon: IconCircleX },
};
const checks = ['store', 'chain', 'ledger', 'payouts'] as const;

/** What the marketplace depends on, in its own words. */
export function HealthFacts() {
  const { t } = useTranslation();
  const query = useQuery({ ...healthQuery(useApp()), refetchInterval: usePollMs() });
  return (
    <SectionCard title={t('op.health.title')}>
      <QueryView query={query} lines={4}>
        {(health) => (
          <Stack component="ul" gap="sm" className="plain-list">
            {checks.map((name) => (
              <Group component="li" key={name} justify="space-between" wrap="nowrap" gap="sm">
                <div>
                  <Text size="sm" fw={600}>
                    {t(`op.health.${name}`)}
                  </Text>
                  <Text size="sm" c="dimmed">
                    <HealthText name={name} check={health.checks[name]} />
                  </Text>
                </div>
                <LookBadge
                  look={looks[health.checks[name].state]}
                  label={t(`op.health.state.${health.checks[name].state}`)}
                />
              </Group>
            ))}
          </Stack>
        )}
      </QueryView>
    </SectionCard>
  );
}
