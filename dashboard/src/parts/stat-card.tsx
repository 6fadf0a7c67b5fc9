import { Card, Group, Text } from '@mantine/core';
import type { TablerIcon } from '@tabler/icons-react';
import type { ReactNode } from 'react';

interface StatCardProps {
  label: string;
  icon: TablerIcon;
  value: ReactNode;
  /** What the number leaves out, such as how many of the GPUs are simulated. */
  note?: ReactNode;
  /** The rows behind the number. */
  href?: string;
  /** The same as a link of the router, of the class `stat-link`. */
  link?: ReactNode;
}

export function StatCard({ label, icon: Icon, value, note, href, link }: StatCardProps) {
  const content = (
    <>
      <Group justify="space-between" wrap="nowrap" gap="xs">
        <Text component="h2" size="sm" c="dimmed" fw={500}>
          {label}
        </Text>
        <Icon size={18} stroke={1.6} className="stat-icon" aria-hidden />
      </Group>
      <div className="stat-value">{value}</div>
      <Text component="div" size="xs" c="dimmed" className="stat-note">
        {note}
      </Text>
    </>
  );
  return (
    <Card component="li" withBorder padding="md" className="stat-card">
      {content}
      {href !== undefined && <a href={href} className="stat-link" aria-label={label} />}
      {link}
    </Card>
  );
}
