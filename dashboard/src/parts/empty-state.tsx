import { Stack, Text } from '@mantine/core';
import type { TablerIcon } from '@tabler/icons-react';
import type { ReactNode } from 'react';

interface EmptyStateProps {
  icon: TablerIcon;
  title: string;
  /** What to do about it. */
  children?: ReactNode;
}

export function EmptyState({ icon: Icon, title, children }: EmptyStateProps) {
  return (
    <Stack align="center" gap="xs" py="xl" px="md" className="empty-state">
      <div className="empty-icon">
        <Icon size={26} stroke={1.5} aria-hidden />
      </div>
      <Text fw={600}>{title}</Text>
      {children !== undefined && (
        <Text component="div" size="sm" c="dimmed" maw={440}>
          {children}
        </Text>
      )}
    </Stack>
  );
}
