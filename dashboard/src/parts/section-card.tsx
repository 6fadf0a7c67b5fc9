import { Card, Group, Text, Title } from '@mantine/core';
import { type ReactNode, useId } from 'react';

interface SectionCardProps {
  title: string;
  /** An anchor other places link to. */
  id?: string;
  description?: string;
  aside?: ReactNode;
  /** `flush` lets a table or a log reach the card's edges. */
  padding?: 'normal' | 'flush';
  children: ReactNode;
}

export function SectionCard(props: SectionCardProps) {
  const { title, id, description, aside, padding = 'normal', children } = props;
  const headingId = useId();
  return (
    <Card component="section" id={id} aria-labelledby={headingId} withBorder padding={0}>
      <Group justify="space-between" px="md" pt="md" pb={padding === 'flush' ? 'sm' : 0} gap="sm">
        <div>
          <Title order={2} id={headingId}>
            {title}
          </Title>
          {description !== undefined && (
            <Text size="sm" c="dimmed">
              {description}
            </Text>
          )}
        </div>
        {aside}
      </Group>
      <div className={padding === 'flush' ? 'section-flush' : 'section-body'}>{children}</div>
    </Card>
  );
}
