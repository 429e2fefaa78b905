/** As many as a message carries at most are 100; these are enough to see. */
export const barCount = 64;

/**
 * What was heard, from 0 to 1 at even distances, as bars from 0 to 100: the loudest moment of each part, so that a short recording
 * has no more bars than moments. Quiet voices are drawn up, and silence stays low.
 */
export function waveformOf(levels: readonly number[], bars = barCount): number[] {
  const count = Math.min(bars, levels.length);
  const loudest = Math.max(0.05, ...levels);
  return Array.from({ length: count }, (_, index) => {
    const part = levels.slice(
      Math.floor((index * levels.length) / count),
      Math.floor(((index + 1) * levels.length) / count),
    );
    return Math.round(100 * Math.min(1, Math.max(0, ...part) / loudest));
  });
}
