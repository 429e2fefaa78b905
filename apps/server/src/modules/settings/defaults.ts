import { UserSettings } from '@parley/contract';
import { Value } from 'typebox/value';

export const defaultSettings: UserSettings = {
  lastSeenPrivacy: 'everyone',
  readReceipts: true,
  theme: 'system',
  language: '',
  notifications: true,
  app: {},
};

type Key = keyof UserSettings;
const keys = Object.keys(UserSettings.properties) as Key[];

/** Without fields that are not settings. */
export const onlySettings = (change: Partial<UserSettings>): Partial<UserSettings> =>
  Object.fromEntries(keys.filter((key) => change[key] !== undefined).map((key) => [key, change[key]]));

/** What is stored, over the defaults. Only what was chosen is stored, and what the contract no longer knows counts as not chosen. */
export function toSettings(stored: Record<string, unknown>): UserSettings {
  const chosen = keys.filter((key) => key in stored && Value.Check(UserSettings.properties[key], stored[key]));
  return { ...defaultSettings, ...Object.fromEntries(chosen.map((key) => [key, stored[key]])) };
}
