import { MantineProvider } from '@mantine/core';
import type { ReactNode } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, it } from 'vitest';
import { AuditActor, AuditTarget } from './audit-names.tsx';

const id = 'acc_01M8ZC6YV6V6T2M0K3W9X8PG6G';
const textOf = (part: ReactNode) =>
  renderToStaticMarkup(<MantineProvider>{part}</MantineProvider>)
    .replaceAll(/<style.*?<\/style>/gs, '')
    .replaceAll(/<[^>]*>/g, '');

it('writes who did what to what as a whole, for who has no pointer to hold over it', () => {
  expect(textOf(<AuditTarget target={id} />)).toBe(id);
  expect(textOf(<AuditActor actor={`key:${id}`} keyId="key_1" ip="::1" />)).toBe(
    `key:${id}key_1 · ::1`,
  );
});
