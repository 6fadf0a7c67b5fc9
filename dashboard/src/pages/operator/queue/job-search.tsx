import { Button, Group, TextInput } from '@mantine/core';
import { idPattern } from '@node3/shared/ids';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

const isJobId = new RegExp(idPattern('job'));

/** Finds a job of anybody by its id, as somebody who complains names it. */
export function JobSearch({ job }: { job: string | undefined }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [typed, setTyped] = useState(job ?? '');
  const [isWrong, setWrong] = useState(false);
  const find = () => {
    const text = typed.trim();
    setWrong(text !== '' && !isJobId.test(text));
    if (text !== '' && !isJobId.test(text)) return;
    void navigate({ to: '/admin/queue', search: text === '' ? {} : { job: text } });
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        find();
      }}
    >
      <Group align="flex-start" gap="sm" wrap="nowrap">
        <TextInput
          label={t('op.queue.jobId')}
          placeholder="job_…"
          classNames={{ input: 'mono' }}
          flex={1}
          maw={320}
          value={typed}
          maxLength={64}
          error={isWrong ? t('op.queue.jobIdWrong') : undefined}
          onChange={({ currentTarget }) => setTyped(currentTarget.value)}
        />
        <Button type="submit" variant="default" mt={25} style={{ flex: 'none' }}>
          {t('op.queue.find')}
        </Button>
      </Group>
    </form>
  );
}
