const pad = (value: number): string => String(value).padStart(2, '0');

/** As a field of date and time holds it: "2026-01-31T12:00", by this machine's clock. */
export function toField(time: number): string {
  const at = new Date(time);
  const day = `${at.getFullYear()}-${pad(at.getMonth() + 1)}-${pad(at.getDate())}`;
  return `${day}T${pad(at.getHours())}:${pad(at.getMinutes())}`;
}

/** What is offered first. */
export const inAnHour = (): string => toField(Date.now() + 3_600_000);

/** Undefined while it is not a time, or one that has passed. */
export function fromField(text: string, now: number): string | undefined {
  const time = new Date(text).getTime();
  return time > now ? new Date(time).toISOString() : undefined;
}
