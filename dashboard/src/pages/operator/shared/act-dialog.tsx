import { Button, Group, Modal, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';

export interface Act {
  title: string;
  /** What it does, and what it leaves alone. */
  text: string;
  confirm: string;
  /** Red for what hurts somebody. */
  color?: string;
  /** Whether a reason is asked for. Absent: none is. */
  reason?: 'optional' | 'required';
  /** Where its route asks for more than others do. */
  reasonCharsMin?: number;
  /** Has to be typed before: for what can't be taken back. */
  typed?: string;
}

interface ActDialogProps {
  act: Act | null;
  onClose: () => void;
  /** @param reason without spaces around it; null where none was given. */
  onConfirm: (reason: string | null) => void;
}

/** Asks before the operator does something to somebody. */
export function ActDialog({ act, onClose, onConfirm }: ActDialogProps) {
  const { t } = useTranslation();
  return (
    <Modal
      opened={act !== null}
      onClose={onClose}
      title={act?.title}
      centered
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      {act !== null && (
        <ActForm key={act.title} act={act} onClose={onClose} onConfirm={onConfirm} />
      )}
    </Modal>
  );
}

/** As the API takes reasons. */
const reasonCharsMin = 3;
const reasonCharsMax = 500;

function ActForm({ act, onClose, onConfirm }: ActDialogProps & { act: Act }) {
  const { t } = useTranslation();
  const [reason, setReason] = useState('');
  const [typed, setTyped] = useState('');
  const said = reason.trim();
  const needed = act.reason === 'required' ? (act.reasonCharsMin ?? reasonCharsMin) : 0;
  const isReady = said.length >= needed && (act.typed === undefined || typed === act.typed);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!isReady) return;
    onClose();
    onConfirm(said === '' ? null : said);
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <Text size="sm">{act.text}</Text>
        {act.reason !== undefined && (
          <Textarea
            label={t(act.reason === 'required' ? 'op.act.reason' : 'op.act.reasonOptional')}
            value={reason}
            onChange={({ currentTarget }) => setReason(currentTarget.value)}
            maxLength={reasonCharsMax}
            required={act.reason === 'required'}
            autosize
            minRows={2}
            data-autofocus
          />
        )}
        {act.typed !== undefined && (
          <TextInput
            label={t('op.act.type', { name: act.typed })}
            value={typed}
            onChange={({ currentTarget }) => setTyped(currentTarget.value)}
            autoComplete="off"
            spellCheck={false}
          />
        )}
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onClose}>
            {t('action.keep')}
          </Button>
          <Button type="submit" color={act.color ?? 'indigo'} disabled={!isReady}>
            {act.confirm}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
