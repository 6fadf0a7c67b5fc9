import { Readable } from 'node:stream';
import { addRoute } from '@node3/shared/http/add-route';
import { downloadBackup } from '@node3/shared/routes/backup';
import type { FastifyInstance } from 'fastify';
import type { HttpDeps } from '../http-deps.ts';

export function addBackupRoutes(app: FastifyInstance, deps: HttpDeps): void {
  addRoute(app, downloadBackup, {
    authenticate: deps.auth.operator,
    async handler({ reply }) {
      const backup = await deps.backups.take();
      void reply.headers({
        'content-type': 'application/vnd.sqlite3',
        'content-disposition': 'attachment; filename="node3-backup.db"',
        'cache-control': 'no-store',
        'content-length': backup.bytes,
      });
      // Contracts know no streams; the server takes one in the place of a text.
      return Readable.from(backup.read(), { objectMode: false }) as unknown as string;
    },
  });
}
