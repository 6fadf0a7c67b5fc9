import { Button, Card, Collapse, Stack } from '@mantine/core';
import { useDisclosure, useMediaQuery } from '@mantine/hooks';
import { IconAdjustmentsHorizontal } from '@tabler/icons-react';
import { type ReactNode, useId } from 'react';
import { useTranslation } from 'react-i18next';

/** Filters beside a list; on phones behind a button above it. */
export function FilterPanel({ children }: { children: ReactNode }) {
  const { t } = useTranslation();
  const [isOpen, { toggle }] = useDisclosure(false);
  const isWide = useMediaQuery('(min-width: 62em)', true, { getInitialValueInEffect: false });
  const panelId = useId();
  const fields = (
    <Stack gap="md" component="search" aria-label={t('market.filters')}>
      {children}
    </Stack>
  );
  if (isWide) {
    return (
      <Card withBorder padding="md" className="filter-panel">
        {fields}
      </Card>
    );
  }
  return (
    <div>
      <Button
        variant="default"
        fullWidth
        onClick={toggle}
        aria-expanded={isOpen}
        aria-controls={panelId}
        leftSection={<IconAdjustmentsHorizontal size={16} aria-hidden />}
      >
        {t('market.filters')}
      </Button>
      <Collapse expanded={isOpen} id={panelId}>
        <Card withBorder padding="md" mt="sm">
          {fields}
        </Card>
      </Collapse>
    </div>
  );
}
