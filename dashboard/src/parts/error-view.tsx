import { Alert, Button, Group, Text } from '@mantine/core';
import { MarketError } from '@node3/shared/error';
import { errorCodes } from '@node3/shared/error-codes';
import { IconAlertTriangle, IconRefresh } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useErrorWords } from '../i18n/use-error-words.ts';
import { Said } from './error-words.tsx';

interface ErrorViewProps {
  error: unknown;
  onRetry?: () => void;
  /** Where the fields that are wrong are listed beside it. */
  withoutDetails?: true;
}

/** Asking again for what does not exist, or is not allowed, gives the same answer. */
function mayHelp(error: unknown): boolean {
  return !(error instanceof MarketError) || errorCodes[error.code].retry !== 'never';
}

/** Says what went wrong, what to do, and the request id that support asks for. */
export function ErrorView({ error, onRetry, withoutDetails }: ErrorViewProps) {
  const { t } = useTranslation();
  const { title, details, facts, fix } = useErrorWords()(error);
  const requestId = error instanceof MarketError ? error.context['requestId'] : undefined;
  return (
    <Alert color="red" variant="light" icon={<IconAlertTriangle aria-hidden />} title={title}>
      {withoutDetails !== true &&
        details.map((detail) => (
          <Text key={detail.text} size="sm" className="break">
            <Said {...detail} />
          </Text>
        ))}
      {facts.length > 0 && <Text size="sm">{facts.join(' · ')}</Text>}
      {fix !== null && (
        <Text size="sm" mt={4}>
          {fix}
        </Text>
      )}
      {typeof requestId === 'string' && (
        <Text size="xs" c="dimmed" mt={4}>
          {t('error.requestId', { requestId })}
        </Text>
      )}
      {onRetry !== undefined && mayHelp(error) && (
        <Group mt="sm">
          <Button
            size="xs"
            variant="default"
            leftSection={<IconRefresh size={14} aria-hidden />}
            onClick={onRetry}
          >
            {t('action.retry')}
          </Button>
        </Group>
      )}
    </Alert>
  );
}
