import { Type } from 'typebox';
import type { RouteContract } from '../contract.ts';

/** A SQLite file, whatever the marketplace runs on; `node3 admin db restore` reads it. */
export const downloadBackup = {
  method: 'GET',
  url: '/api/v1/admin/backup',
  summary: 'The whole database as it is at one moment, while everything goes on',
  audience: 'operator',
  tag: 'admin',
  schema: { response: { 200: Type.String({ description: 'The bytes of a SQLite file' }) } },
} as const satisfies RouteContract;
