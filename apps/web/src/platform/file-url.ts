const base = import.meta.env.DEV ? '' : (import.meta.env.VITE_API_URL ?? '').replace(/\/+$/, '');

/** Where the page finds what the server names by a path: a file, a picture of a person, a sticker. */
export const fileUrl = (path: string): string => (/^[a-z]+:/.test(path) ? path : base + path);
