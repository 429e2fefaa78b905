import { closeCodes, type ErrorCode, errors } from '../errors.ts';
import { code, heading, type Page, table, text } from './page.ts';

interface ErrorRow {
  code: ErrorCode;
  status: number;
  text: string;
  retry?: 'no' | 'later' | 'after_sign_in';
}

const retries = { no: 'no', later: 'later', after_sign_in: 'after signing in' } as const;

const rows: readonly ErrorRow[] = Object.entries(errors)
  .map(([name, spec]) => ({ code: name as ErrorCode, ...spec }))
  .sort((a, b) => a.status - b.status || (a.code < b.code ? -1 : 1));

const closeRows = Object.entries(closeCodes).sort(([, a], [, b]) => a - b);

/** docs/reference/errors.md */
export const errorsPage: Page = {
  title: 'Errors',
  blocks: [
    text(
      'REST answers problem details (RFC 9457) with a stable `code`. Frames of `/ws` carry the same code; acknowledgements of Socket.IO spell it in UPPER_CASE. The text is for people and may change.',
    ),
    table(rows, [
      { title: 'code', cell: (row) => code(row.code) },
      { title: 'in acks', cell: (row) => code(row.code.toUpperCase()) },
      { title: 'status', cell: ({ status }) => String(status) },
      { title: 'try again', cell: ({ retry }) => retries[retry ?? 'no'] },
      { title: 'text', cell: (row) => row.text },
    ]),
    heading('Close codes of WebSockets'),
    text('From 3000 to 3499 a client may reconnect; from 3500 it must not.'),
    table(closeRows, [
      { title: 'code', cell: ([, number]) => String(number) },
      { title: 'name', cell: ([name]) => code(name) },
      { title: 'reconnect', cell: ([, number]) => (number < 3_500 ? 'yes' : 'no') },
    ]),
  ],
};
