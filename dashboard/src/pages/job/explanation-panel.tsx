import { Group, Stack, Table, Text } from '@mantine/core';
import type { Alternative, Explanation } from '@node3/shared/routes/explain';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { useFormat } from '../../i18n/use-format.ts';
import { QueryView } from '../../parts/query-view.tsx';
import { SectionCard } from '../../parts/section-card.tsx';
import { ConstraintText } from '../../parts/server-words.tsx';
import { explanationQuery } from '../../queries/jobs.ts';
import { RelaxButton } from './relax-button.tsx';

/** Rows of each part: what matters most stands first. */
const rowsShown = 5;

/** What a queued job waits for, what keeps it from whom, and what would change that. */
export function ExplanationPanel({ jobId }: { jobId: string }) {
  const { t } = useTranslation();
  const query = useQuery({ ...explanationQuery(useApp(), jobId), refetchInterval: 10_000 });
  return (
    <SectionCard title={t('explain.title')}>
      <QueryView query={query} lines={4}>
        {(explanation) => <ExplanationView explanation={explanation} />}
      </QueryView>
    </SectionCard>
  );
}

function ExplanationView({ explanation }: { explanation: Explanation }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { agents, agentsFitting, alternatives, constraints, counted, eta, waitsFor } = explanation;
  return (
    <Stack gap="sm">
      {waitsFor !== null && <Text fw={500}>{t(`explain.wait.${waitsFor}`)}</Text>}
      <Group gap="lg">
        <Text size="sm">{t(`explain.fit.${counted}`, { fitting: agentsFitting, agents })}</Text>
        <Text size="sm">{t('explain.ahead', { jobs: explanation.queueAhead })}</Text>
        {eta !== null && (
          <Text size="sm">
            {t('explain.eta', {
              half: format.duration(eta.startSecP50 * 1_000),
              most: format.duration(eta.startSecP90 * 1_000),
              samples: eta.samples,
            })}
          </Text>
        )}
      </Group>
      {constraints.length > 0 && <ConstraintTable constraints={constraints.slice(0, rowsShown)} />}
      {alternatives.length > 0 && (
        <Stack gap={4}>
          <Text size="sm" fw={500}>
            {t('explain.changes')}
          </Text>
          {alternatives.slice(0, rowsShown).map((alternative) => (
            <AlternativeLine
              key={alternative.constraint}
              alternative={alternative}
              jobId={explanation.jobId}
            />
          ))}
        </Stack>
      )}
    </Stack>
  );
}

function ConstraintTable({ constraints }: Pick<Explanation, 'constraints'>) {
  const { t } = useTranslation();
  const columns = ['requirement', 'pass', 'fail', 'only'] as const;
  return (
    <Table className="responsive-table" verticalSpacing={4}>
      <caption className="visually-hidden">{t('explain.requirements')}</caption>
      <Table.Thead>
        <Table.Tr>
          {columns.map((name) => (
            <Table.Th key={name}>{t(`explain.${name}`)}</Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {constraints.map(({ constraint, pointer, passes, fails, failsOnlyThis }) => (
          <Table.Tr key={constraint}>
            <Table.Td data-label={t('explain.requirement')}>
              <ConstraintText constraint={constraint} pointer={pointer} />
            </Table.Td>
            <Table.Td data-label={t('explain.pass')}>{passes}</Table.Td>
            <Table.Td data-label={t('explain.fail')}>{fails}</Table.Td>
            <Table.Td data-label={t('explain.only')}>{failsOnlyThis}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

interface AlternativeLineProps {
  alternative: Alternative;
  jobId: string | null;
}

function AlternativeLine({ alternative, jobId }: AlternativeLineProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { pointer, value, agents, askMin } = alternative;
  const change = value === null ? t('explain.without') : `= ${value}`;
  return (
    <Group justify="space-between" gap="sm">
      <Text size="sm" className="break">
        <span className="mono">{pointer}</span> {change}: {t('explain.more', { count: agents })}
        {askMin !== null && `, ${t('explain.from', { price: format.money(askMin) })}`}
      </Text>
      {jobId !== null && <RelaxButton jobId={jobId} alternative={alternative} change={change} />}
    </Group>
  );
}
