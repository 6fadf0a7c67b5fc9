import { Suspense, useState } from 'react';
import { lazyPart } from './lazy-part.ts';

const ConfirmModal = lazyPart(
  async () => (await import('./confirm-dialog/confirm-modal.tsx')).ConfirmModal,
);

export interface ConfirmDialogProps {
  opened: boolean;
  title: string;
  text: string;
  confirm: string;
  color: string;
  onConfirm: () => void;
  onClose: () => void;
}

/** Asks before something that can't be taken back. It is loaded when it is first wanted. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const [wanted, setWanted] = useState(props.opened);
  if (props.opened && !wanted) setWanted(true);
  if (!wanted) return null;
  return (
    <Suspense fallback={null}>
      <ConfirmModal {...props} />
    </Suspense>
  );
}
