import type { ErrorCode } from '@parley/contract';
import type { FileRow } from './store.ts';

export function refuseSending(file: Pick<FileRow, 'status'> | undefined): ErrorCode | undefined {
  if (file === undefined) return 'file_not_found';
  if (file.status === 'pending') return 'upload_incomplete';
  return file.status === 'rejected' ? 'file_rejected' : undefined;
}
