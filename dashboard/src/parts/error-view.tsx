import { Alert, Button, Group, Text } from '@mantine/core';
import { MarketError } from '@node3/shared/error';
import { errorCodes } from '@node3/shared/error-codes';
import { IconAlertTriangle, IconRefresh } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';

interface ErrorViewProps {
  error: unknown;
  onRetry?: () => void;
}

/** Says what went wrong, what to do, and the request id that support asks for. */
export function ErrorView({ error, onRetry }: ErrorViewProps) {
  const { t } = useTranslation();
  const known = error instanceof MarketError ? error : null;
  const requestId = known?.context['requestId'];
  return (
    <Alert
      color="red"
      variant="light"
      icon={<IconAlertTriangle aria-hidden />}
      title={known === null ? t('error.unexpected') : errorCodes[known.code].title}
    >
      <Text size="sm">{error instanceof Error ? error.message : String(error)}</Text>
      {known !== null && (
        <Text size="sm" mt={4}>
          {errorCodes[known.code].fix}
        </Text>
      )}
      {typeof requestId === 'string' && (
        <Text size="xs" c="dimmed" mt={4}>
          {t('error.requestId', { requestId })}
        </Text>
      )}
      {onRetry !== undefined && (
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
