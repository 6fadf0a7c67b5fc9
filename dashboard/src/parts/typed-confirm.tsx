import { Button, Group, Modal, Text, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';

interface TypedConfirmProps {
  opened: boolean;
  title: string;
  text: string;
  /** What has to be typed, such as the amount or the name of what goes away. */
  expected: string;
  confirm: string;
  onConfirm: () => void;
  onClose: () => void;
}

/** Asks for a word to be typed before something that a slip of the finger must not do. */
export function TypedConfirm(props: TypedConfirmProps) {
  const { opened, title, onClose } = props;
  const { t } = useTranslation();
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={title}
      centered
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <ConfirmForm {...props} />
    </Modal>
  );
}

/** Mounted while the dialog is open, so that each one begins with an empty field. */
function ConfirmForm({ text, expected, confirm, onConfirm, onClose }: TypedConfirmProps) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState('');
  const fits = typed.trim() === expected;
  function submit(event: FormEvent) {
    event.preventDefault();
    event.stopPropagation();
    if (fits) onConfirm();
  }
  return (
    <form onSubmit={submit}>
      <Text size="sm" mb="md" className="break">
        {text}
      </Text>
      <TextInput
        label={t('confirm.type', { text: expected })}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
        autoComplete="off"
        spellCheck={false}
        maxLength={256}
        data-autofocus
      />
      <Group justify="flex-end" gap="sm" mt="lg">
        <Button variant="default" onClick={onClose}>
          {t('action.keep')}
        </Button>
        <Button type="submit" color="red" disabled={!fits}>
          {confirm}
        </Button>
      </Group>
    </form>
  );
}
