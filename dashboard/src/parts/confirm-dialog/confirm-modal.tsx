import { Button, Group, Modal, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { ConfirmDialogProps } from '../confirm-dialog.tsx';

/** Asks before something that can't be taken back. The safe button comes first. */
export function ConfirmModal(props: ConfirmDialogProps) {
  const { t } = useTranslation();
  return (
    <Modal
      opened={props.opened}
      onClose={props.onClose}
      title={props.title}
      centered
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <Text size="sm" mb="lg">
        {props.text}
      </Text>
      <Group justify="flex-end" gap="sm">
        <Button variant="default" onClick={props.onClose} data-autofocus>
          {t('action.keep')}
        </Button>
        <Button
          color={props.color}
          onClick={() => {
            props.onClose();
            props.onConfirm();
          }}
        >
          {props.confirm}
        </Button>
      </Group>
    </Modal>
  );
}
