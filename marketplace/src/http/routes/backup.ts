import { addRoute } from '@node3/shared/http/add-route';
import { downloadBackup } from '@node3/shared/routes/backup';
import type { FastifyInstance } from 'fastify';
import type { HttpDeps } from '../http-deps.ts';

export function addBackupRoutes(app: FastifyInstance, deps: HttpDeps): void {
  addRoute(app, downloadBackup, {
    authenticate: deps.auth.operator,
    async handler({ request, reply }) {
      // Nothing is said while it is taken, which may be long.
      request.raw.socket.setTimeout(0);
      const backup = await deps.backups.take();
      void reply.headers({
        'content-type': 'application/vnd.sqlite3',
        'content-disposition': 'attachment; filename="node3-backup.db"',
        'cache-control': 'no-store',
        'content-length': backup.bytes,
      });
      // Contracts know no streams; the server takes one in the place of a text.
      return backup.read() as unknown as string;
    },
  });
}
