import { Button, Modal } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { changeSchedule, type ScheduleSummary } from '@node3/shared/routes/schedules';
import { IconPencil } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { useNotice } from '../../parts/use-notice.tsx';
import { schedulesKey } from '../../queries/flows.ts';
import { type ScheduleDraft, toRules } from './schedule-draft.ts';
import { ScheduleForm } from './schedule-form.tsx';

/** Changes when and how a schedule posts. */
export function EditSchedule({ schedule }: { schedule: ScheduleSummary }) {
  const { t } = useTranslation();
  const { client } = useApp();
  const queryClient = useQueryClient();
  const notice = useNotice();
  const [opened, { open, close }] = useDisclosure(false);
  const { scheduleId } = schedule;
  const save = useMutation({
    mutationFn: (draft: ScheduleDraft) =>
      client.call(changeSchedule, { params: { scheduleId }, body: toRules(draft) }),
    async onSuccess() {
      await queryClient.invalidateQueries({ queryKey: schedulesKey });
      notice({ kind: 'done', message: t('schedule.changed') });
      close();
    },
  });
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconPencil size={17} aria-hidden />}
        onClick={() => {
          save.reset();
          open();
        }}
      >
        {t('schedule.edit')}
      </Button>
      <Modal
        opened={opened}
        onClose={close}
        size="xl"
        title={t('schedule.edit')}
        closeButtonProps={{ 'aria-label': t('action.close') }}
      >
        <ScheduleForm
          kept={schedule}
          pending={save.isPending}
          error={save.error}
          onSubmit={(draft) => save.mutate(draft)}
        />
      </Modal>
    </>
  );
}
