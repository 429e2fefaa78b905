import { readFormFile } from '../../http/form.ts';
import { created, type HandlersOf, ok } from '../../http/handler.ts';
import type { Files } from './service.ts';

type FileRouteName = 'files.upload' | 'files.download' | 'media.requestUpload' | 'media.confirmUpload' | 'media.status';

/** A page that shows a picture twice asks once. An address lives longer than that. */
const cacheSeconds = 15;

export function fileRoutes(files: Files): HandlersOf<FileRouteName> {
  return {
    'files.upload': async ({ viewer, raw }) =>
      created(await readFormFile(raw, 'file', (file) => files.upload(viewer.userId, file))),
    'files.download': async ({ viewer, params, query, rawReply }) => {
      const url = await files.download(viewer.userId, params.fileId, query.thumbnail === true);
      rawReply.header('location', url).header('cache-control', `private, max-age=${cacheSeconds}`);
      return { status: 302, body: undefined };
    },
    'media.requestUpload': async ({ viewer, body, raw }) => {
      const grant = await files.requestUpload(viewer.userId, body);
      // The store on disk is here: at the address that was asked.
      const isPath = grant.uploadUrl.startsWith('/');
      return ok(isPath ? { ...grant, uploadUrl: `${raw.protocol}://${raw.host}${grant.uploadUrl}` } : grant);
    },
    'media.confirmUpload': async ({ viewer, body }) => ok(await files.confirmUpload(viewer.userId, body.id)),
    'media.status': async ({ viewer, params }) => ok(await files.status(viewer.userId, params.fileId)),
  };
}
