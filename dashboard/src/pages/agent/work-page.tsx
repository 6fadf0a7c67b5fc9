import { Button, Group, NativeSelect, Stack, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { executionStates } from '@node3/shared/execution-state';
import { IconBraces, IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { CommandLines } from '../../parts/command-lines.tsx';
import { KeysetPaging } from '../../parts/keyset-paging.tsx';
import { PageHeading } from '../../parts/page-heading.tsx';
import { saveFile } from '../../parts/save-file.ts';
import { SectionCard } from '../../parts/section-card.tsx';
import { localExecutionsQuery } from '../../queries/provider.ts';
import { readWorkSearch, type WorkSearch } from '../../routes/provider-routes.ts';
import { AgentGate } from './agent-gate.tsx';
import { type LocalExecution, WorkTable } from './work-table.tsx';

const typingMs = 250;

/** Everything that this machine has run, as its own journal has it. */
export function WorkPage() {
  const { t } = useTranslation();
  const search = readWorkSearch(useSearch({ strict: false }));
  const executions = useQuery(localExecutionsQuery(useApp(), search));
  const isFiltered = search.state !== undefined || search.q !== undefined;
  return (
    <>
      <PageHeading title={t('work.title')} subtitle={t('work.subtitle')} />
      <Stack gap="lg">
        <SectionCard title={t('recent.title')} padding="flush">
          <AgentGate query={executions}>
            {({ data, nextCursor }) => (
              <>
                <WorkTable
                  executions={data}
                  csv
                  isFiltered={isFiltered}
                  tools={<Filters search={search} />}
                  saves={<SaveJson rows={data} />}
                />
                <KeysetPaging cursor={search.cursor} nextCursor={nextCursor} />
              </>
            )}
          </AgentGate>
        </SectionCard>
        <CommandLines
          lines={[
            { label: 'CLI', text: 'node3 agent status' },
            {
              label: 'curl',
              text: `curl -H "$AGENT_AUTH" '${location.origin}/api/v1/local/executions?limit=100'`,
            },
          ]}
        />
      </Stack>
    </>
  );
}

function Filters({ search }: { search: WorkSearch }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const go = ({ state, q }: WorkSearch) => {
    const search = { ...(state === undefined ? {} : { state }), ...(q ? { q } : {}) };
    // The address is one of the agent's own tree, which the types do not describe.
    void navigate({ to: '.', search: search as never, replace: true });
  };
  const find = useDebouncedCallback((q: string) => go({ ...search, q }), typingMs);
  return (
    <Group gap="sm" align="flex-end">
      <TextInput
        aria-label={t('work.find')}
        placeholder={t('work.find')}
        size="xs"
        leftSection={<IconSearch size={14} aria-hidden />}
        defaultValue={search.q ?? ''}
        maxLength={128}
        onChange={(event) => find(event.currentTarget.value)}
      />
      <NativeSelect
        aria-label={t('jobs.column.state')}
        size="xs"
        value={search.state ?? ''}
        data={[
          { value: '', label: t('work.anyState') },
          ...executionStates.map((state) => ({
            value: state,
            label: t(`execution.state.${state}`),
          })),
        ]}
        onChange={(event) => {
          const state = executionStates.find((one) => one === event.currentTarget.value);
          go({ ...(search.q === undefined ? {} : { q: search.q }), ...(state && { state }) });
        }}
      />
    </Group>
  );
}

/** The rows as the agent gave them. */
function SaveJson({ rows }: { rows: readonly LocalExecution[] }) {
  return (
    <Button
      variant="default"
      size="xs"
      disabled={rows.length === 0}
      leftSection={<IconBraces size={15} aria-hidden />}
      onClick={() => {
        const text = JSON.stringify(rows, null, 2);
        saveFile(new Blob([text], { type: 'application/json' }), 'executions.json');
      }}
    >
      JSON
    </Button>
  );
}
