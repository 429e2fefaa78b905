interface ImportMetaEnv {
  /** Where the server is, when it is not the one the page comes from. */
  readonly VITE_API_URL?: string;
  readonly VITE_WS_URL?: string;
  readonly VITE_VERSION: string;
}
