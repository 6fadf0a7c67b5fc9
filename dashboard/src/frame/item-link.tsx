import { Link } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { NavigationItem } from '../navigation/navigation-item.ts';

interface ItemLinkProps {
  item: NavigationItem;
  className: 'side-link' | 'tab-link';
  /** Whether this page belongs to it. */
  active: boolean;
  onClick?: () => void;
}

export function ItemLink({ item, className, active, onClick }: ItemLinkProps) {
  const { t } = useTranslation();
  const Icon = item.icon;
  const link = useRef<HTMLAnchorElement>(null);
  useEffect(() => {
    // Of a long list the part is shown that the reader is in.
    if (active) link.current?.scrollIntoView({ block: 'nearest' });
  }, [active]);
  return (
    <Link
      ref={link}
      to={item.to}
      className={active ? `${className} active` : className}
      activeProps={{}}
      activeOptions={{ exact: true, includeSearch: false }}
      {...(onClick === undefined ? {} : { onClick })}
    >
      <Icon size={19} stroke={1.75} aria-hidden />
      <span>{t(item.label)}</span>
    </Link>
  );
}
