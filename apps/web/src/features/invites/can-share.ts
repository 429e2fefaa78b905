import { hasKeyboard } from '../../platform/has-keyboard.ts';

/** On a phone a link goes straight into the app in which one writes to the other. */
export const canShare = !hasKeyboard && 'share' in navigator;
