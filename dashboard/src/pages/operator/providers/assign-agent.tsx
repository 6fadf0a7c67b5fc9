import { Button, Group, NativeSelect } from '@mantine/core';
import { assignAgent } from '@node3/shared/routes/providers';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../../app-context.tsx';
import { QueryView } from '../../../parts/query-view.tsx';
import { SectionCard } from '../../../parts/section-card.tsx';
import { fleetQuery } from '../../../queries/operator.ts';
import { useOperate } from '../shared/use-operate.ts';

/** Gives an agent of another provider to this one. */
export function AssignAgent({ provider }: { provider: string }) {
  const { t } = useTranslation();
  const { operate, isBusy } = useOperate();
  const [agentId, setAgentId] = useState('');
  const query = useQuery(fleetQuery(useApp()));
  return (
    <SectionCard title={t('op.assign.title')}>
      <QueryView query={query} lines={1}>
        {(agents) => {
          const others = agents.filter(
            (agent) => agent.provider !== provider && agent.state !== 'unregistered',
          );
          return (
            <Group gap="sm" align="flex-end">
              <NativeSelect
                label={t('op.agent.name')}
                value={agentId}
                onChange={({ currentTarget }) => setAgentId(currentTarget.value)}
                data={[
                  { value: '', label: t('op.assign.choose') },
                  ...others.map((agent) => ({
                    value: agent.agentId,
                    label: `${agent.name} (${agent.provider})`,
                  })),
                ]}
              />
              <Button
                variant="default"
                loading={isBusy}
                disabled={agentId === ''}
                onClick={() =>
                  operate(async (client) => {
                    await client.call(assignAgent, { params: { agentId }, body: { provider } });
                    setAgentId('');
                    return t('op.assign.done', { name: provider });
                  })
                }
              >
                {t('op.assign')}
              </Button>
            </Group>
          );
        }}
      </QueryView>
    </SectionCard>
  );
}
