import { Button, Group, NativeSelect, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { assignAgent } from '@node3/shared/routes/providers';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../../app-context.tsx';
import { QueryView } from '../../../parts/query-view.tsx';
import { SectionCard } from '../../../parts/section-card.tsx';
import { fleetQuery } from '../../../queries/operator.ts';
import { useOperate } from '../shared/use-operate.ts';

/** More to choose from than this is what the search is for. */
const shownMax = 100;

/** Gives an agent of another provider to this one. */
export function AssignAgent({ provider }: { provider: string }) {
  const { t } = useTranslation();
  const { operate, isBusy } = useOperate();
  const [agentId, setAgentId] = useState('');
  const [typed, setTyped] = useState('');
  const [settled] = useDebouncedValue(typed.trim(), 250);
  const query = useQuery(
    fleetQuery(useApp(), {
      sort: 'name',
      limit: shownMax,
      ...(settled === '' ? {} : { q: settled }),
    }),
  );
  return (
    <SectionCard title={t('op.assign.title')}>
      <QueryView query={query} lines={1}>
        {({ data, total }) => {
          const others = data.filter(
            (agent) => agent.provider !== provider && agent.state !== 'unregistered',
          );
          return (
            <Group gap="sm" align="flex-end">
              {(total.agents > shownMax || typed !== '') && (
                <TextInput
                  label={t('op.fleet.search')}
                  value={typed}
                  maxLength={64}
                  onChange={({ currentTarget }) => {
                    setTyped(currentTarget.value);
                    setAgentId('');
                  }}
                />
              )}
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
