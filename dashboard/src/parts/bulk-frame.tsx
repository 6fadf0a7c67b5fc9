import { Button, Group, Text } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Selection } from './use-selection.ts';

interface BulkFrameProps {
  label: string;
  /** How many are selected, in words. */
  count: string;
  /** How many rows there are to select. */
  shown: number;
  selection: Selection;
  /** What can be done with them. */
  children: ReactNode;
}

/** The bar at the lower edge of a list while some of its rows are selected. */
export function BulkFrame({ label, count, shown, selection, children }: BulkFrameProps) {
  const { t } = useTranslation();
  if (selection.ids.length === 0) return null;
  return (
    <section className="edge-bar" aria-label={label}>
      <Text size="sm" fw={600} role="status">
        {count}
      </Text>
      <Group gap="xs">
        {!selection.isAll && (
          <Button size="xs" variant="subtle" onClick={selection.selectAll}>
            {t('table.selectShown', { count: shown })}
          </Button>
        )}
        {children}
        <Button
          size="xs"
          variant="subtle"
          color="gray"
          leftSection={<IconX size={14} aria-hidden />}
          onClick={selection.clear}
        >
          {t('table.selectNone')}
        </Button>
      </Group>
    </section>
  );
}
