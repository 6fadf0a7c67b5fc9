import { ActionIcon, CopyButton } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { Hint } from './hint.tsx';

/** A button that copies `value`; `label` says what is copied. */
export function CopyText({ value, label }: { value: string; label: string }) {
  const { t } = useTranslation();
  return (
    <CopyButton value={value}>
      {({ copied, copy }) => (
        <Hint label={copied ? t('action.copied') : label}>
          <ActionIcon
            variant="subtle"
            color="gray"
            size={24}
            aria-label={copied ? t('action.copied') : label}
            onClick={copy}
          >
            {copied ? <IconCheck size={15} aria-hidden /> : <IconCopy size={15} aria-hidden />}
          </ActionIcon>
        </Hint>
      )}
    </CopyButton>
  );
}
