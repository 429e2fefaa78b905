/**
 * SQLSTATE classes that say the data can never be stored as it is: 22 (data exception), 23 (integrity constraint violation),
 * 54 (program limit exceeded). Everything else may pass by itself. PostgreSQL documentation, appendix A.
 */
const never = /^(22|23|54)/;

export function isDataFault(error: unknown): boolean {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' && never.test(code);
}
