import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { MarketError } from '@node3/shared/error';
import { type ErrorCode, errorCodes } from '@node3/shared/error-codes';
import type { FlowNode } from '@node3/shared/flow-graph';
import type { RunDetail, RunError } from '@node3/shared/routes/redmind';
import { IconAlertTriangle, IconRepeat } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useErrorWords } from '../../i18n/use-error-words.ts';
import { ErrorWords, Said } from '../../parts/error-words.tsx';
import { JsonView } from '../../parts/json-view.tsx';
import { RelativeTime } from '../../parts/relative-time.tsx';
import { SectionCard } from '../../parts/section-card.tsx';

interface StepPanelProps {
  runId: string;
  node: FlowNode;
  entry: RunDetail['trace'][number];
  /** Runs again from this step; null while that can't be. */
  onRerun: (() => void) | null;
}

/** What one step was given, what it gave, and why it failed. */
export function StepPanel({ runId, node, entry, onRerun }: StepPanelProps) {
  const { t } = useTranslation();
  return (
    <SectionCard
      title={node.label ?? node.id}
      description={`${t(`flow.node.${node.type}`)} · ${node.id}`}
      aside={
        onRerun !== null && (
          <Button
            size="xs"
            variant="default"
            leftSection={<IconRepeat size={15} aria-hidden />}
            onClick={onRerun}
          >
            {t('run.rerunFrom')}
          </Button>
        )
      }
    >
      <Stack gap="md">
        {entry.error !== null && <FlowErrorAlert error={entry.error} />}
        {entry.startedAt !== null && (
          <Text size="sm" c="dimmed">
            {t('run.stepStarted')} <RelativeTime at={entry.startedAt} />
          </Text>
        )}
        {entry.runId !== runId && (
          <Text size="sm">
            {t('run.takenFrom')}{' '}
            <Link to="/runs/$runId" params={{ runId: entry.runId }} className="mono">
              {entry.runId}
            </Link>
          </Text>
        )}
        {entry.jobId !== null && (
          <Group gap="xs">
            <Button
              size="xs"
              variant="light"
              renderRoot={(props) => (
                <Link to="/jobs/$jobId" params={{ jobId: entry.jobId ?? '' }} {...props} />
              )}
            >
              {t('run.openJob')}
            </Button>
            <Text size="sm" c="dimmed" className="mono break">
              {entry.jobId}
            </Text>
          </Group>
        )}
        <StepValue title={t('run.input')} value={entry.input} empty={t('run.noInput')} />
        <StepValue title={t('run.output')} value={entry.output} empty={t('run.noOutput')} />
      </Stack>
    </SectionCard>
  );
}

function StepValue({ title, value, empty }: { title: string; value: unknown; empty: string }) {
  return (
    <div>
      <Text size="sm" fw={600} mb={4}>
        {title}
      </Text>
      {value === null || value === undefined ? (
        <Text size="sm" c="dimmed">
          {empty}
        </Text>
      ) : (
        <JsonView value={value} label={title} />
      )}
    </div>
  );
}

/** Says what went wrong and what to do, as the marketplace does. */
export function FlowErrorAlert({ error }: { error: RunError }) {
  const { i18n } = useTranslation();
  const wordsOf = useErrorWords();
  const isForeign = i18n.language !== 'en';
  const known = Object.hasOwn(errorCodes, error.code)
    ? new MarketError(error.code as ErrorCode, { ...error.context, detail: error.message })
    : null;
  return (
    <Alert
      color="red"
      variant="light"
      icon={<IconAlertTriangle aria-hidden />}
      title={
        known === null ? (
          <Said text={error.message} isForeign={isForeign} />
        ) : (
          <ErrorWords error={known} />
        )
      }
    >
      {error.fix !== '' && (
        <Text size="sm">
          {known === null ? <Said text={error.fix} isForeign={isForeign} /> : wordsOf(known).fix}
        </Text>
      )}
      <Text size="xs" c="dimmed" mt={4} className="mono">
        {error.code}
      </Text>
    </Alert>
  );
}
