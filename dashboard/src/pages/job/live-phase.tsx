import { Progress, Stack, Text } from '@mantine/core';
import type { ImagePull } from '@node3/shared/image-pull';
import type { ExecutionView, JobDetail } from '@node3/shared/routes/jobs';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../i18n/use-format.ts';

/** How far the phase is that the job is in: its image, or its own work by its own word. */
export function LivePhase({ job }: { job: JobDetail }) {
  const current = job.executions.at(-1);
  if (current === undefined || current.finishedAt !== null) return null;
  if (current.startedAt === null) return <PullProgress pull={current.imagePull} />;
  return <OwnProgress progress={current.progress} />;
}

function PullProgress({ pull }: { pull: ImagePull | null }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (pull === null) return null;
  const { bytesDone, bytesTotal, layersDone, layersTotal } = pull;
  const percent = percentOf(bytesDone, bytesTotal) ?? percentOf(layersDone, layersTotal);
  const bytes =
    bytesDone === null
      ? null
      : bytesTotal === null
        ? format.bytes(bytesDone)
        : t('phase.of', { done: format.bytes(bytesDone), all: format.bytes(bytesTotal) });
  const layers =
    layersDone === null || layersTotal === null
      ? null
      : t('phase.layers', { done: layersDone, count: layersTotal });
  return (
    <Measured
      title={t('phase.image')}
      percent={percent}
      text={[layers, bytes].filter((part) => part !== null).join(' · ')}
    />
  );
}

function OwnProgress({ progress }: Pick<ExecutionView, 'progress'>) {
  const { t } = useTranslation();
  const format = useFormat();
  if (progress === null) return null;
  const { percent, stage, message } = progress;
  const share = percent === null ? null : `${format.number(percent)} %`;
  return (
    <Measured
      title={t('phase.work')}
      percent={percent}
      text={[share, stage, message].filter((part) => part !== null).join(' · ')}
    />
  );
}

interface MeasuredProps {
  title: string;
  /** null: not known, and so no bar. */
  percent: number | null;
  text: string;
}

function Measured({ title, percent, text }: MeasuredProps) {
  return (
    <Stack gap={4} mb="md" data-testid="live-phase">
      <Text size="sm" fw={600}>
        {title}
      </Text>
      {percent !== null && <Progress value={percent} aria-label={title} size="sm" />}
      <Text size="xs" c="dimmed" className="break">
        {text}
      </Text>
    </Stack>
  );
}

function percentOf(done: number | null, all: number | null): number | null {
  if (done === null || all === null || all === 0) return null;
  return Math.min(100, (100 * done) / all);
}
