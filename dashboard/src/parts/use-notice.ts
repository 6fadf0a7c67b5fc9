import { notifications } from '@mantine/notifications';
import { useTranslation } from 'react-i18next';

export interface Notice {
  kind: 'done' | 'failed';
  title?: string;
  message: string;
}

/** Shows a notice in the corner, with a close button that says what it does. */
export function useNotice(): (notice: Notice) => void {
  const { t } = useTranslation();
  return ({ kind, title, message }) => {
    notifications.show({
      color: kind === 'done' ? 'green' : 'red',
      ...(title === undefined ? {} : { title }),
      message,
      closeButtonProps: { 'aria-label': t('action.close') },
    });
  };
}
