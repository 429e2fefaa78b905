/** As many as the server takes. */
export const maxLength = 8_000;
/** The counter shows when fewer than this are left. */
const tellBelow = 500;

/** Characters as the server counts them: an emoji from outside the basic plane is one. */
export function lengthOf(text: string): number {
  let length = 0;
  for (const _ of text) length += 1;
  return length;
}

/** How many characters are left, below zero when there are too many; none as long as it does not matter. */
export function leftOf(text: string): number | undefined {
  if (text.length < maxLength - tellBelow) return undefined;
  const left = maxLength - lengthOf(text.trim());
  return left < tellBelow ? left : undefined;
}
