interface About {
  readonly key: string;
  readonly chatId: string;
  readonly messageId: string;
  /** RFC 3339, by this machine's clock. Commands of a chat are carried out in this order. */
  readonly queuedAt: string;
}

/** What a person did with a stored message and the server has not taken yet. */
export type Command = About &
  (
    | { readonly kind: 'edit'; readonly content: string }
    | { readonly kind: 'remove'; readonly forEveryone: boolean }
    | { readonly kind: 'react'; readonly emoji: string; readonly isWanted: boolean }
  );

type Without<T, K extends keyof T> = T extends unknown ? Omit<T, K> : never;

export type Order = Without<Command, 'key' | 'queuedAt'>;
