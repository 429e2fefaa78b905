/** `unscannable`: it never can be judged, so it is treated as harmful. */
export type Verdict = { kind: 'clean' } | { kind: 'infected'; name: string } | { kind: 'unscannable'; reason: string };

/** Looks for malware. */
export interface Scanner {
  /** For people. */
  readonly name: string;
  /** Judges a local file. Throws when it cannot now; then the file waits. */
  scan(file: string): Promise<Verdict>;
}
