import { notifications } from '@mantine/notifications';
import { useTranslation } from 'react-i18next';
import { ErrorWords } from './error-words.tsx';

/** `error`: what the server or the browser says went wrong, told in the reader's language. */
export type Notice = { title?: string } & (
  | { kind: 'done' | 'failed'; message: string }
  | { kind: 'failed'; error: unknown }
);

/** Shows a notice in the corner, with a close button that says what it does. */
export function useNotice(): (notice: Notice) => void {
  const { t } = useTranslation();
  return ({ title, ...notice }) => {
    notifications.show({
      color: notice.kind === 'done' ? 'green' : 'red',
      ...(title === undefined ? {} : { title }),
      message: 'error' in notice ? <ErrorWords error={notice.error} /> : notice.message,
      closeButtonProps: { 'aria-label': t('action.close') },
    });
  };
}
