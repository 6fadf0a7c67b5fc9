import { Button, Group } from '@mantine/core';
import { IconChevronRight, IconChevronsLeft } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

interface KeysetPagingProps {
  /** What the address has; undefined on the first page. */
  cursor: string | undefined;
  /** Where the next page begins, as the API said; null on the last. */
  nextCursor: string | null;
  /** The search parameter that holds the cursor, for pages with more than one list. */
  parameter?: string;
  /** Another order than newest first: the words of the two links. */
  words?: { first: string; next: string };
  /** Between the links, such as how many there are in all. */
  children?: ReactNode;
}

/**
 * The links below a list that is read by cursor. The address holds the cursor, so a page can be shared
 * and the back button leads to the one before; the other search parameters stay. Nothing where there
 * is one page only.
 */
export function KeysetPaging(props: KeysetPagingProps) {
  const { cursor, nextCursor, parameter = 'cursor', words, children } = props;
  const { t } = useTranslation();
  if (cursor === undefined && nextCursor === null && children === undefined) return null;
  return (
    <Group component="nav" justify="space-between" p="md" gap="sm" aria-label={t('paging.label')}>
      {cursor === undefined ? (
        <span />
      ) : (
        <PageLink parameter={parameter} to={undefined} icon="first">
          {words?.first ?? t('paging.newest')}
        </PageLink>
      )}
      {children}
      {nextCursor === null ? (
        <span />
      ) : (
        <PageLink parameter={parameter} to={nextCursor} icon="next">
          {words?.next ?? t('paging.older')}
        </PageLink>
      )}
    </Group>
  );
}

interface PageLinkProps {
  parameter: string;
  to: string | undefined;
  icon: 'first' | 'next';
  children: ReactNode;
}

function PageLink({ parameter, to, icon, children }: PageLinkProps) {
  // Which page it is on, and so what else its address has, is not known here.
  const search = ((previous: object) => ({ ...previous, [parameter]: to })) as never;
  return (
    <Button
      variant="default"
      size="xs"
      renderRoot={(button) => <Link to="." search={search} {...button} />}
      {...(icon === 'first'
        ? { leftSection: <IconChevronsLeft size={15} aria-hidden /> }
        : { rightSection: <IconChevronRight size={15} aria-hidden /> })}
    >
      {children}
    </Button>
  );
}
