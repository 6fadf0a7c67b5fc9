import { Button, Stack } from '@mantine/core';
import { IconPlus, type TablerIcon } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { type CommandLine, CommandLines } from '../../parts/command-lines.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { KeysetTable, type KeysetTableProps } from '../../parts/keyset-table.tsx';
import { PageHeading } from '../../parts/page-heading.tsx';
import { RequireSession } from '../../parts/require-session.tsx';

/** Where another one is made, and what the link to it says. */
interface NewLink {
  to: '/flows/new' | '/schedules/new';
  text: string;
}

interface ListPageProps {
  title: string;
  subtitle: string;
  add: NewLink;
  children: () => ReactNode;
}

/** The page of what an account keeps of one kind, with the button that leads to another one. */
export function ListPage({ title, subtitle, add, children }: ListPageProps) {
  return (
    <>
      <PageHeading
        title={title}
        subtitle={subtitle}
        actions={
          <Button
            renderRoot={(props) => <Link to={add.to} {...props} />}
            leftSection={<IconPlus size={17} aria-hidden />}
          >
            {add.text}
          </Button>
        }
      />
      <RequireSession>{children}</RequireSession>
    </>
  );
}

interface OwnListProps<Row extends object> extends Omit<KeysetTableProps<Row>, 'empty'> {
  /** Said while there is none. */
  none: { icon: TablerIcon; title: string; first: NewLink };
  lines: CommandLine[];
}

/** What there is of it, page by page, and the same in the terminal. */
export function OwnList<Row extends object>({ none, lines, ...table }: OwnListProps<Row>) {
  return (
    <Stack gap="md">
      <KeysetTable
        {...table}
        empty={
          <EmptyState icon={none.icon} title={none.title}>
            <Link to={none.first.to}>{none.first.text}</Link>
          </EmptyState>
        }
      />
      <CommandLines lines={lines} />
    </Stack>
  );
}
