/** Where there is none, a field that gets the focus by itself would bring one up over half of the window. */
export const hasKeyboard = !matchMedia('(hover: none) and (pointer: coarse)').matches;
