import { Stack, Text, Timeline } from '@mantine/core';
import { executionStates } from '@node3/shared/execution-state';
import type { JobDetail, JobEvent } from '@node3/shared/routes/jobs';
import {
  IconArrowBackUp,
  IconBan,
  IconCircle,
  IconDownload,
  IconFlag,
  IconPlayerPlay,
  IconPlayerTrackNext,
  IconPlus,
  IconUserCheck,
  type TablerIcon,
} from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../i18n/use-format.ts';
import { actorKey, actorName, agentNames } from './job-actors.ts';
import { type TimelineStep, timelineSteps } from './timeline.ts';

const icons: Record<string, TablerIcon> = {
  'job.posted': IconPlus,
  'job.assigned': IconUserCheck,
  'job.requeued': IconArrowBackUp,
  'job.released': IconPlayerTrackNext,
  'job.started': IconPlayerPlay,
  'job.cancel-requested': IconBan,
  'job.ended': IconFlag,
  'execution.accepted': IconUserCheck,
  'execution.leased': IconUserCheck,
  'execution.phase-changed': IconDownload,
  'execution.ended': IconFlag,
};

/** The real phases of the job, as the marketplace stored them. */
export function JobTimeline({ job }: { job: JobDetail }) {
  const { t } = useTranslation();
  const steps = timelineSteps(job.events);
  const names = agentNames(job);
  if (steps.length === 0) return <Text c="dimmed">{t('timeline.empty')}</Text>;
  return (
    <Timeline bulletSize={26} lineWidth={2} active={steps.length - 1} className="timeline">
      {steps.map((step) => {
        const Icon = icons[step.event.type] ?? IconCircle;
        return (
          <Timeline.Item key={step.key} bullet={<Icon size={14} stroke={2} aria-hidden />}>
            <StepText step={step} names={names} />
          </Timeline.Item>
        );
      })}
    </Timeline>
  );
}

interface StepTextProps {
  step: TimelineStep;
  names: ReadonlyMap<string, string>;
}

function StepText({ step, names }: StepTextProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { event, atMs, sincePreviousMs } = step;
  return (
    <Stack gap={0}>
      <Text size="sm" fw={600}>
        <EventName event={event} />
      </Text>
      <Text size="xs" c="dimmed">
        <time dateTime={event.at} title={format.time(atMs)}>
          {format.clock(atMs)}
        </time>
        {sincePreviousMs !== null && ` · +${format.duration(sincePreviousMs)}`}
        {` · ${actorName(event.actor, names) ?? t(`actor.${actorKey(event.actor)}`)}`}
      </Text>
      {event.reason !== null && event.reason !== 'exited' && (
        <Text size="xs">{t(`reason.${event.reason}.sentence`)}</Text>
      )}
    </Stack>
  );
}

function EventName({ event }: { event: JobEvent }) {
  const { t, i18n } = useTranslation();
  const phase = executionStates.find((state) => state === event.data['phase']);
  if (event.type === 'execution.phase-changed' && phase !== undefined) {
    return t(`execution.state.${phase}`);
  }
  const key = `event.${event.type}`;
  // An event that is newer than this page is shown by its name rather than left out.
  return i18n.exists(key) ? t(key as 'event.job.posted') : event.type;
}
