import { Alert, Button, Code, Grid, Group, Stack, Text } from '@mantine/core';
import {
  deleteSchedule,
  pauseSchedule,
  resumeSchedule,
  type ScheduleDetail,
} from '@node3/shared/routes/schedules';
import { IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { useFormat } from '../../i18n/use-format.ts';
import { CommandLines } from '../../parts/command-lines.tsx';
import { DeleteButton } from '../../parts/delete-button.tsx';
import { JsonView } from '../../parts/json-view.tsx';
import { PageHeading } from '../../parts/page-heading.tsx';
import { RequireSession } from '../../parts/require-session.tsx';
import { SectionCard } from '../../parts/section-card.tsx';
import { LookBadge } from '../../parts/state-badge.tsx';
import { UnreadPage } from '../../parts/unread-page.tsx';
import { useNotice } from '../../parts/use-notice.tsx';
import { scheduleQuery, schedulesKey } from '../../queries/flows.ts';
import { EditSchedule } from './edit-schedule.tsx';
import { FiringTable } from './firing-table.tsx';
import { scheduleLooks } from './schedule-looks.ts';
import { ScheduleWords } from './schedule-words.tsx';

const route = getRouteApi('/schedules/$scheduleId');

/** One schedule: what it posts, when next, and what came of the last times. */
export function SchedulePage() {
  const { t } = useTranslation();
  const { scheduleId } = route.useParams();
  return (
    <RequireSession heading={t('schedule.one')}>
      {() => <ScheduleLoader scheduleId={scheduleId} key={scheduleId} />}
    </RequireSession>
  );
}

function ScheduleLoader({ scheduleId }: { scheduleId: string }) {
  const { t } = useTranslation();
  const query = useQuery(scheduleQuery(useApp(), scheduleId));
  if (query.data !== undefined) return <ScheduleView schedule={query.data} />;
  return (
    <UnreadPage
      heading={t('schedule.one')}
      queries={[query]}
      code="SCHEDULE_NOT_FOUND"
      missing={t('schedule.missing')}
    >
      <Link to="/schedules">{t('schedule.back')}</Link>
    </UnreadPage>
  );
}

function ScheduleView({ schedule }: { schedule: ScheduleDetail }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { scheduleId, state, target } = schedule;
  return (
    <Stack gap="lg">
      <PageHeading
        title={schedule.name}
        mark={
          <LookBadge look={scheduleLooks[state]} label={t(`schedule.state.${state}`)} size="lg" />
        }
        subtitle={
          <span>
            <Code>{schedule.cron}</Code> {schedule.timezone} ·{' '}
            {t(`schedule.rule.${schedule.overlap}`)} · {t(`schedule.rule.${schedule.catchUp}`)}
          </span>
        }
        actions={<ScheduleActions schedule={schedule} />}
      />
      {schedule.reason !== null && (
        <Alert color="orange" variant="light" title={t(`schedule.state.${state}`)}>
          <ScheduleWords text={schedule.reason} />
        </Alert>
      )}
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, md: 8 }}>
          <SectionCard title={t('schedule.runs')} padding="flush">
            <FiringTable runs={schedule.runs} />
          </SectionCard>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 4 }}>
          <Stack gap="lg">
            <SectionCard title={t('schedule.next')}>
              {schedule.next.length === 0 ? (
                <Text size="sm" c="dimmed">
                  {t('schedule.noNext')}
                </Text>
              ) : (
                <ol className="plain-list">
                  {schedule.next.map((at) => (
                    <li key={at}>
                      <Text size="sm" component="time" dateTime={at}>
                        {format.time(Date.parse(at))}
                      </Text>
                    </li>
                  ))}
                </ol>
              )}
            </SectionCard>
            <SectionCard
              title={t(`schedule.target.${target.kind}`)}
              description={t('schedule.failures', {
                count: schedule.failuresInRow,
                max: schedule.failuresMax,
              })}
            >
              <JsonView
                value={target.kind === 'job' ? target.spec : target}
                label={t(`schedule.target.${target.kind}`)}
              />
            </SectionCard>
          </Stack>
        </Grid.Col>
      </Grid>
      <CommandLines lines={[{ label: 'CLI', text: `node3 schedule get ${scheduleId}` }]} />
    </Stack>
  );
}

function ScheduleActions({ schedule }: { schedule: ScheduleDetail }) {
  const { t } = useTranslation();
  const { client } = useApp();
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const notice = useNotice();
  const { scheduleId, state, name } = schedule;
  const params = { scheduleId };
  const onError = (error: Error) => notice({ kind: 'failed', error });
  const onSuccess = () => queryClient.invalidateQueries({ queryKey: schedulesKey });
  const pause = useMutation({
    mutationFn: () => client.call(pauseSchedule, { params }),
    onSuccess,
    onError,
  });
  const resume = useMutation({
    mutationFn: () => client.call(resumeSchedule, { params }),
    onSuccess,
    onError,
  });
  const remove = useMutation({
    mutationFn: () => client.call(deleteSchedule, { params }),
    async onSuccess() {
      await navigate({ to: '/schedules' });
      await onSuccess();
    },
    onError,
  });
  return (
    <Group gap="sm">
      {state === 'active' && (
        <Button
          variant="default"
          loading={pause.isPending}
          leftSection={<IconPlayerPause size={17} aria-hidden />}
          onClick={() => pause.mutate()}
        >
          {t('schedule.pause')}
        </Button>
      )}
      {state === 'paused' && (
        <Button
          loading={resume.isPending}
          leftSection={<IconPlayerPlay size={17} aria-hidden />}
          onClick={() => resume.mutate()}
        >
          {t('schedule.resume')}
        </Button>
      )}
      <EditSchedule schedule={schedule} />
      <DeleteButton
        label={t('schedule.delete')}
        title={t('schedule.deleteTitle', { name })}
        text={t('schedule.deleteText')}
        confirm={t('schedule.deleteConfirm')}
        pending={remove.isPending}
        onDelete={() => remove.mutate()}
      />
    </Group>
  );
}
