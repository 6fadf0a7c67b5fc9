import { Stack } from '@mantine/core';
import type { ReactNode } from 'react';
import { type CommandLine, CommandLines } from '../../../parts/command-lines.tsx';
import { PageHeading } from '../../../parts/page-heading.tsx';
import { RequireSession } from '../../../parts/require-session.tsx';
import './operator.css';

interface OperatorPageProps {
  title: string;
  mark?: ReactNode;
  subtitle?: ReactNode;
  actions?: ReactNode;
  /** The same in the terminal. */
  lines?: CommandLine[];
  children: () => ReactNode;
}

/** A page of the operator: others are told which scope their key lacks. */
export function OperatorPage({ title, lines, children, ...heading }: OperatorPageProps) {
  return (
    <RequireSession heading={title} scope="operator">
      {() => (
        <>
          <PageHeading title={title} {...heading} />
          <Stack gap="lg">
            {children()}
            {lines !== undefined && <CommandLines lines={lines} />}
          </Stack>
        </>
      )}
    </RequireSession>
  );
}
