interface Followed {
  /** The page with the way in. */
  path: string;
  name: string;
}

/** Kept here and not in an address: by a link from elsewhere nobody comes into a chat without having said so. */
let followed: Followed | undefined;

/** Somebody who is not signed in wants in; they will not be asked a second time. */
export function follow(path: string, name: string): void {
  followed = { path, name };
}

/** What signing in leads to, to be named there. */
export const followedBy = (next: unknown): string | undefined => (followed?.path === next ? followed?.name : undefined);

/** Once, on the page that one comes to after signing in. */
export function takeFollowed(path: string): boolean {
  const isWanted = followed?.path === path;
  followed = undefined;
  return isWanted;
}
