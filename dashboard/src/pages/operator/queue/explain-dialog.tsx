import { Modal, Stack, Table, Text, Title } from '@mantine/core';
import { explainAdminJob } from '@node3/shared/routes/admin-jobs';
import type { Explanation } from '@node3/shared/routes/explain';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../../app-context.tsx';
import { useFormat } from '../../../i18n/use-format.ts';
import { QueryView } from '../../../parts/query-view.tsx';
import { ConstraintText, ServerText } from '../../../parts/server-words.tsx';
import { operatorQuery } from '../../../queries/operator.ts';

interface ExplainDialogProps {
  job: { jobId: string; name: string } | null;
  onClose: () => void;
}

/** What one job waits for: who could run it, and what excludes the others. */
export function ExplainDialog({ job, onClose }: ExplainDialogProps) {
  const { t } = useTranslation();
  return (
    <Modal
      opened={job !== null}
      onClose={onClose}
      size="lg"
      title={t('op.explain.title', { name: job?.name ?? '' })}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      {job !== null && <Explained jobId={job.jobId} />}
    </Modal>
  );
}

function Explained({ jobId }: { jobId: string }) {
  const query = useQuery(operatorQuery(useApp(), explainAdminJob, { params: { jobId } }));
  return (
    <QueryView query={query} lines={5}>
      {(explanation) => <ExplanationView explanation={explanation} />}
    </QueryView>
  );
}

function ExplanationView({ explanation }: { explanation: Explanation }) {
  const { t } = useTranslation();
  const format = useFormat();
  const excluding = explanation.constraints.filter(({ fails }) => fails > 0);
  return (
    <Stack gap="md">
      <Text size="sm">
        {explanation.waitsFor === null ? (
          <ServerText text={explanation.sentence} />
        ) : (
          t(`explain.wait.${explanation.waitsFor}`)
        )}
      </Text>
      <Text size="sm" c="dimmed">
        {t('op.explain.counts', {
          fitting: explanation.agentsFitting,
          agents: explanation.agents,
          ahead: explanation.queueAhead,
        })}
      </Text>
      <Title order={3} size="h5">
        {t('op.explain.candidates')}
      </Title>
      {explanation.candidates.length === 0 ? (
        <Text size="sm">{t('op.explain.noCandidates')}</Text>
      ) : (
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('op.agent.name')}</Table.Th>
              <Table.Th className="numeric">{t('op.explain.score')}</Table.Th>
              <Table.Th className="numeric">{t('op.explain.free')}</Table.Th>
              <Table.Th>{t('op.explain.lacks')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {explanation.candidates.map((candidate) => (
              <Table.Tr key={candidate.agentId}>
                <Table.Td>{candidate.agentName}</Table.Td>
                <Table.Td className="numeric">{format.precise(candidate.score)}</Table.Td>
                <Table.Td className="numeric">
                  {candidate.freeSlots} / {candidate.slots}
                </Table.Td>
                <Table.Td>
                  {candidate.now
                    ? t('op.explain.now')
                    : candidate.waitsFor !== null && (
                        <ConstraintText constraint={candidate.waitsFor} />
                      )}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
      {excluding.length > 0 && (
        <>
          <Title order={3} size="h5">
            {t('op.explain.exclusions')}
          </Title>
          <Table>
            <Table.Tbody>
              {excluding.map((constraint) => (
                <Table.Tr key={constraint.constraint}>
                  <Table.Td>
                    <ConstraintText {...constraint} />
                  </Table.Td>
                  <Table.Td className="numeric">
                    {t('op.explain.excludes', { count: constraint.fails })}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </>
      )}
    </Stack>
  );
}
