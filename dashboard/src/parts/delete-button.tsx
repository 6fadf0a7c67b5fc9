import { Button } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { ConfirmDialog, type ConfirmDialogProps } from './confirm-dialog.tsx';

interface DeleteButtonProps extends Pick<ConfirmDialogProps, 'title' | 'text' | 'confirm'> {
  label: string;
  pending: boolean;
  onDelete: () => void;
}

/** Deletes something for good, after asking. */
export function DeleteButton({ label, pending, onDelete, ...question }: DeleteButtonProps) {
  const [asking, setAsking] = useState(false);
  return (
    <>
      <Button
        variant="default"
        loading={pending}
        leftSection={<IconTrash size={17} aria-hidden />}
        onClick={() => setAsking(true)}
      >
        {label}
      </Button>
      <ConfirmDialog
        {...question}
        opened={asking}
        color="red"
        onConfirm={onDelete}
        onClose={() => setAsking(false)}
      />
    </>
  );
}
