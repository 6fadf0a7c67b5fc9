import { Modal } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { SignInForm } from '../parts/sign-in/sign-in-form.tsx';

/** The way in from pages that anybody may see. */
export function SignInDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('signIn.title')}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <SignInForm />
    </Modal>
  );
}
