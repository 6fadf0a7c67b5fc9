import type { BodyOf } from '@node3/shared/contract';
import { createSchedule } from '@node3/shared/routes/schedules';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { PageHeading } from '../../parts/page-heading.tsx';
import { RequireSession } from '../../parts/require-session.tsx';
import { schedulesKey } from '../../queries/flows.ts';
import { ScheduleForm } from './schedule-form.tsx';

export function NewSchedulePage() {
  const { t } = useTranslation();
  return (
    <>
      <PageHeading title={t('schedule.newTitle')} subtitle={t('schedule.newText')} />
      <RequireSession>{() => <NewSchedule />}</RequireSession>
    </>
  );
}

function NewSchedule() {
  const { client } = useApp();
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const create = useMutation({
    mutationFn: (body: BodyOf<typeof createSchedule>) => client.call(createSchedule, { body }),
    async onSuccess({ scheduleId }) {
      await queryClient.invalidateQueries({ queryKey: schedulesKey });
      await navigate({ to: '/schedules/$scheduleId', params: { scheduleId } });
    },
  });
  return (
    <ScheduleForm
      pending={create.isPending}
      error={create.error}
      onSubmit={(body) => create.mutate(body)}
    />
  );
}
