import { describe, expect, test } from 'vitest';
import { createThrottle, networkOf, waitAfter } from './throttle.ts';

describe('the wait', () => {
  test.each([
    [1, 1, 0],
    [4, 4, 0],
    [5, 5, 1_000],
    [6, 6, 2_000],
    [10, 10, 32_000],
    [20, 20, 900_000],
    [1, 21, 1_050],
    [1, 80, 4_000],
    [3, 80, 16_000],
    [40, 4_000, 900_000],
  ])('after %i failures here and %i attempts everywhere is %i ms', (failures, everywhere, wait) => {
    expect(waitAfter(failures, everywhere)).toBeCloseTo(wait, 3);
  });
});

describe('the throttle', () => {
  const build = () => {
    const time = { now: 1_000_000 };
    return { time, ...createThrottle({ clock: () => time.now, isEnabled: true }) };
  };

  test('an attack from everywhere does not keep the owner out of an address of their own', () => {
    const { attempt } = build();
    for (let number = 0; number < 500; number += 1) attempt('ada', `10.0.${number >> 8}.${number & 255}`);
    expect(() => attempt('ada', '10.0.1.243')).toThrow();
    const succeeded = attempt('ada', '192.0.2.44');
    succeeded();
    expect(() => attempt('ada', '192.0.2.44')).not.toThrow();
  });

  test('being refused does not make the wait longer', () => {
    const { attempt, time } = build();
    for (let number = 0; number < 5; number += 1) attempt('ada', 'here');
    for (let number = 0; number < 50; number += 1) expect(() => attempt('ada', 'here')).toThrow();
    time.now += 1_000;
    expect(() => attempt('ada', 'here')).not.toThrow();
  });

  test('an hour of quiet forgets', () => {
    const { attempt, time } = build();
    for (let number = 0; number < 5; number += 1) attempt('ada', 'here');
    time.now += 3_600_000;
    for (let number = 0; number < 5; number += 1) expect(() => attempt('ada', 'here')).not.toThrow();
  });

  test('names are counted apart', () => {
    const { attempt } = build();
    for (let number = 0; number < 5; number += 1) attempt('ada', 'here');
    expect(() => attempt('grace', 'here')).not.toThrow();
  });
});

describe('addresses of one network', () => {
  test.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:DB8:1:2::9', '2001:db8:1:2'],
    ['2001:0db8:0001:0002::', '2001:db8:1:2'],
    ['2001:db8::1', '2001:db8:0:0'],
    ['::1', '0:0:0:0'],
    ['fe80::1%eth0', 'fe80:0:0:0'],
    ['', ''],
  ])('%s belongs to %s', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});
