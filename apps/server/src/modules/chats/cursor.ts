import { AppError } from '@parley/contract';

/** Where a page of the list ended: a chat's latest activity, and its id for those of the same moment. */
export interface Cursor {
  activity: string;
  id: string;
}

const form = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)_([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

export const toCursor = ({ activity, id }: { activity: Date; id: string }): string => `${activity.toISOString()}_${id}`;

export function parseCursor(cursor: string | undefined): Cursor | undefined {
  if (cursor === undefined) return undefined;
  const [, activity = '', id = ''] = form.exec(cursor) ?? [];
  if (!(new Date(activity).getUTCFullYear() >= 1)) {
    throw new AppError('validation_error', { errors: [{ path: '/cursor', message: 'is not a cursor of this list' }] });
  }
  return { activity, id };
}
