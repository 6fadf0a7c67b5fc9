import { Anchor, Group, Text } from '@mantine/core';
import type { Cluster } from '@node3/shared/cluster';
import { IconExternalLink } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useApp } from '../app-context.tsx';
import { shorten } from '../format.ts';
import { CopyText } from './copy-text.tsx';
import { addressUrl, isWebAddress } from './explorer-url.ts';

interface ExplorerLinkProps {
  kind: 'transaction' | 'address';
  /** The signature or the address, base58. */
  value: string;
  /** Where the API says a transaction is shown; null where nowhere. */
  url?: string | null;
}

/**
 * A transaction or an address, with a link to an explorer where the cluster has one. A local chain has
 * none: there the text alone is shown, and the button that copies it says why.
 */
export function ExplorerLink({ kind, value, url = null }: ExplorerLinkProps) {
  const { t } = useTranslation();
  const { cluster } = useApp().config;
  const href = kind === 'address' ? addressUrl(cluster, value) : url;
  const text = shorten(value, 6, 6);
  const copy = t(`explorer.copy.${kind}`);
  if (href === null || !isWebAddress(href)) {
    const label = cluster === 'localnet' ? `${copy} ${t('explorer.none')}` : copy;
    return (
      <Group component="span" gap={4} wrap="nowrap" display="inline-flex">
        <Text component="span" className="mono" size="sm" title={value}>
          {text}
        </Text>
        <CopyText value={value} label={label} />
      </Group>
    );
  }
  return (
    <Group component="span" gap={4} wrap="nowrap" display="inline-flex">
      <Anchor
        href={href}
        target="_blank"
        rel="noopener noreferrer"
        className="mono nowrap"
        size="sm"
        title={value}
        aria-label={t(`explorer.open.${kind}`, { text })}
      >
        {text} <IconExternalLink size={13} aria-hidden />
      </Anchor>
      <CopyText value={value} label={copy} />
    </Group>
  );
}

/** Said once on pages with many transactions, so that nobody looks for links that can't be. */
export function NoExplorerNote({ cluster }: { cluster: Cluster | null }) {
  const { t } = useTranslation();
  if (cluster !== 'localnet') return null;
  return (
    <Text size="sm" c="dimmed">
      {t('explorer.none')}
    </Text>
  );
}
