import type { IconName } from '../../ui/icons.ts';

/** The pages of the settings, in their order. */
export const sections = [
  { name: 'profile', icon: 'person' },
  { name: 'appearance', icon: 'palette' },
  { name: 'language', icon: 'globe' },
  { name: 'notifications', icon: 'bell' },
  { name: 'privacy', icon: 'shield' },
  { name: 'security', icon: 'key' },
  { name: 'sessions', icon: 'device' },
  { name: 'about', icon: 'info' },
] as const satisfies readonly { name: string; icon: IconName }[];

export type SectionName = (typeof sections)[number]['name'];

export const isSection = (name: unknown): name is SectionName => sections.some((section) => section.name === name);
