import { describe, expect, it } from 'vitest';
import { waveformOf } from './waveform.ts';

describe('the picture of a recording', () => {
  it('has few bars, each as high as the loudest moment of its part', () => {
    const levels = Array.from({ length: 6_000 }, (_, index) => (index === 3_000 ? 0.5 : 0.1));
    const bars = waveformOf(levels);
    expect(bars).toHaveLength(64);
    expect(Math.max(...bars)).toBe(100);
    expect(bars[32]).toBe(100);
    expect(bars[0]).toBe(20);
  });

  it('has no more bars than were heard, and silence is low', () => {
    expect(waveformOf([0.2, 0.4])).toEqual([50, 100]);
    expect(waveformOf([0.001, 0])).toEqual([2, 0]);
    expect(waveformOf([])).toEqual([]);
  });
});
