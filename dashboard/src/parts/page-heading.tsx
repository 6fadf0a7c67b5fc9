import { Box, Group, Stack, Text, Title } from '@mantine/core';
import { type ReactNode, useEffect } from 'react';
import { useNavigationFocus } from './navigation-focus.tsx';

interface PageHeadingProps {
  /** Also the document's title. */
  title: string;
  /** Shown beside the heading, such as a state badge. */
  mark?: ReactNode;
  subtitle?: ReactNode;
  actions?: ReactNode;
}

export function PageHeading({ title, mark, subtitle, actions }: PageHeadingProps) {
  const heading = useNavigationFocus<HTMLHeadingElement>();
  useEffect(() => {
    document.title = `${title} · node³`;
  }, [title]);
  return (
    <Group justify="space-between" align="flex-start" gap="md" mb="lg">
      <Stack gap={4} style={{ minWidth: 0 }}>
        <Group gap="sm">
          <Title order={1} ref={heading} tabIndex={-1} className="page-heading">
            {title}
          </Title>
          {mark}
        </Group>
        {subtitle !== undefined && (
          <Text component="div" c="dimmed" size="sm">
            {subtitle}
          </Text>
        )}
      </Stack>
      {actions !== undefined && <Box>{actions}</Box>}
    </Group>
  );
}
