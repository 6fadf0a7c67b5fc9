import { useTranslation } from 'react-i18next';
import { CopyText } from '../../parts/copy-text.tsx';
import { SectionCard } from '../../parts/section-card.tsx';

/** The same rule as in docs/guides/webhooks.md, whose program a test runs. */
const snippet = `import { createHmac, timingSafeEqual } from 'node:crypto';

/** secret: whsec_…; body: the text as it came, before it is parsed. */
export function isGenuine(secret, headers, body) {
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  const { 'webhook-id': id, 'webhook-timestamp': time, 'webhook-signature': signatures } = headers;
  if (Math.abs(Date.now() / 1000 - Number(time)) > 300) return false;
  const mac = createHmac('sha256', key).update(\`\${id}.\${time}.\${body}\`).digest('base64');
  const expected = Buffer.from(\`v1,\${mac}\`);
  return String(signatures).split(' ').some((signature) => {
    const given = Buffer.from(signature);
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
}`;

/** How a receiver tells ours from anybody else's requests. */
export function VerifySnippet() {
  const { t } = useTranslation();
  return (
    <SectionCard
      title={t('webhooks.verify')}
      description={t('webhooks.verifyText')}
      aside={<CopyText value={snippet} label={t('webhooks.copyVerify')} />}
    >
      <pre
        className="command-text"
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
        aria-label={t('webhooks.verify')}
      >
        {snippet}
      </pre>
    </SectionCard>
  );
}
