import { Button, Input, Stack } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { type ReactNode, useId } from 'react';
import { useTranslation } from 'react-i18next';

interface RowsFieldsetProps {
  field: 'hours' | 'maintenance';
  error: string | undefined;
  /** As many rows as there may be. */
  full: boolean;
  onAdd: () => void;
  children: ReactNode;
}

/** A field of rows of its own, with what is wrong with them and a way to add one. */
export function RowsFieldset({ field, error, full, onAdd, children }: RowsFieldsetProps) {
  const { t } = useTranslation();
  const errorId = useId();
  return (
    <fieldset
      className="plain-fieldset"
      aria-describedby={error === undefined ? undefined : errorId}
    >
      <Input.Label component="legend">{t(`policy.${field}`)}</Input.Label>
      <Input.Description mb="xs">{t(`policy.${field}.text`)}</Input.Description>
      <Stack gap="sm">
        {children}
        {error !== undefined && (
          <Input.Error id={errorId} data-policy-error>
            {error}
          </Input.Error>
        )}
        <div>
          <Button
            variant="default"
            size="xs"
            leftSection={<IconPlus size={14} aria-hidden />}
            disabled={full}
            onClick={onAdd}
          >
            {t(`policy.${field}.add`)}
          </Button>
        </div>
      </Stack>
    </fieldset>
  );
}
