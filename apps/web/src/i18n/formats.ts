const formats = new Map<string, Intl.DateTimeFormat>();

/** The language as it is used where the reader lives: 24 hours in British English, 12 in American. */
const regional = (language: string): string =>
  navigator.languages.find((tag) => tag.split('-')[0] === language) ?? language;

/** Making one is slow, and there are few. */
function format(language: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${language} ${JSON.stringify(options)}`;
  const known = formats.get(key) ?? new Intl.DateTimeFormat(regional(language), options);
  formats.set(key, known);
  return known;
}

const dayMs = 86_400_000;

/** Midnight of the day, by this machine's clock. */
export const startOfDay = (time: number): number => new Date(time).setHours(0, 0, 0, 0);

/** Whole days between two times, by the calendar. Days have 23 or 25 hours twice a year. */
export const daysBetween = (earlier: number, later: number): number =>
  Math.round((startOfDay(later) - startOfDay(earlier)) / dayMs);

export const timeOfDay = (language: string, at: string): string =>
  format(language, { hour: 'numeric', minute: '2-digit' }).format(new Date(at));

export const fullTime = (language: string, at: string): string =>
  format(language, { dateStyle: 'full', timeStyle: 'short' }).format(new Date(at));

/** "27 Nov 2026, 06:46" */
export const mediumTime = (language: string, at: string): string =>
  format(language, { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(at));

/** For the list: the time today, the weekday this week, the date before. */
export function shortTime(language: string, at: string, now: number): string {
  const time = Date.parse(at);
  const days = daysBetween(time, now);
  if (days <= 0) return timeOfDay(language, at);
  if (days < 7) return format(language, { weekday: 'short' }).format(time);
  return format(language, { day: 'numeric', month: 'numeric', year: '2-digit' }).format(time);
}

export type DayName = 'today' | 'yesterday' | undefined;

export const dayName = (day: number, now: number): DayName => (['today', 'yesterday'] as const)[daysBetween(day, now)];

/** "Monday, 4 May"; with the year where it is another one. */
export function longDate(language: string, day: number, now: number): string {
  const isThisYear = new Date(day).getFullYear() === new Date(now).getFullYear();
  return format(language, {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    ...(isThisYear ? {} : { year: 'numeric' }),
  }).format(day);
}

const steps = [
  ['day', dayMs],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const;

/** "5 minutes ago" */
export function ago(language: string, at: string, now: number): string {
  const passed = Math.max(0, now - Date.parse(at));
  const [unit, ms] = steps.find(([, length]) => passed >= length) ?? steps[2];
  return new Intl.RelativeTimeFormat(language, { numeric: 'auto' }).format(-Math.floor(passed / ms), unit);
}

const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const;

/** "1.4 MB" */
export function fileSize(language: string, bytes: number): string {
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  const value = bytes / 1_000 ** power;
  const digits = power === 0 || value >= 100 ? 0 : 1;
  return new Intl.NumberFormat(language, {
    style: 'unit',
    unit: units[power]!,
    unitDisplay: 'short',
    maximumFractionDigits: digits,
  }).format(value);
}

/** "45 %" */
export const percent = (language: string, share: number): string =>
  new Intl.NumberFormat(language, { style: 'percent' }).format(share);

/** "3:07", "1:02:45" */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const [hours, minutes] = [Math.floor(whole / 3_600), Math.floor(whole / 60) % 60];
  const two = (part: number): string => String(part).padStart(2, '0');
  return hours === 0 ? `${minutes}:${two(whole % 60)}` : `${hours}:${two(minutes)}:${two(whole % 60)}`;
}
