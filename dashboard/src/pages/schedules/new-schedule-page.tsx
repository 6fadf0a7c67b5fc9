import type { BodyOf } from '@node3/shared/contract';
import { systemIds } from '@node3/shared/ids';
import { createSchedule } from '@node3/shared/routes/schedules';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { IdempotencyKeys } from '../../idempotency-keys.ts';
import { PageHeading } from '../../parts/page-heading.tsx';
import { RequireSession } from '../../parts/require-session.tsx';
import { schedulesKey } from '../../queries/flows.ts';
import { toSchedule } from './schedule-draft.ts';
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
  const [keys] = useState(() => new IdempotencyKeys(() => systemIds.secret(18)));
  const create = useMutation({
    // Asked again after a lost answer, it makes no second schedule.
    mutationFn: (body: BodyOf<typeof createSchedule>) =>
      client.call(createSchedule, { body }, { idempotencyKey: keys.keyFor(body) }),
    async onSuccess({ scheduleId }) {
      keys.forget();
      await queryClient.invalidateQueries({ queryKey: schedulesKey });
      await navigate({ to: '/schedules/$scheduleId', params: { scheduleId } });
    },
  });
  return (
    <ScheduleForm
      pending={create.isPending}
      error={create.error}
      onSubmit={(draft) => create.mutate(toSchedule(draft))}
    />
  );
}
