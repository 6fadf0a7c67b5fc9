import { Text } from '@mantine/core';
import type { AuditEntry } from '@node3/shared/routes/audit';
import { unknownMark } from '../../../format.ts';
import '../shared/operator.css';

/** Who did it, and with which key from where. Written whole: who audits compares and copies it. */
export function AuditActor({ actor, ip, keyId }: Pick<AuditEntry, 'actor' | 'ip' | 'keyId'>) {
  return (
    <div className="break audit-name">
      {actor}
      <Text size="xs" c="dimmed" className="mono break">
        {[keyId, ip].filter((part) => part !== null).join(' · ')}
      </Text>
    </div>
  );
}

/** To what it was done, whole as well. */
export function AuditTarget({ target }: Pick<AuditEntry, 'target'>) {
  if (target === null) return unknownMark;
  return <div className="mono break audit-name">{target}</div>;
}
