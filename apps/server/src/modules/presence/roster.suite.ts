import { afterEach, describe, expect, test } from 'vitest';
import type { Roster, RosterChange, State } from './roster.ts';

export interface RosterEnd {
  roster: Roster;
  changes: RosterChange[];
  nudges: string[];
}

/** A roster with somebody who writes down what it tells. */
export function listenTo(roster: Roster): RosterEnd {
  const end: RosterEnd = { roster, changes: [], nudges: [] };
  roster.listen({
    onChange: (change) => end.changes.push(change),
    onNudge: (userId, state) => end.nudges.push(`${userId} ${state}`),
    onDoubt() {},
  });
  return end;
}

/** What a roster must keep, whoever counts. `open` gives an empty one. */
export function rosterSuite(name: string, open: () => Promise<Roster>): void {
  describe(`roster: ${name}`, () => {
    let end: RosterEnd | undefined;

    afterEach(async () => {
      await end?.roster.close(0);
      end = undefined;
    });

    async function start(): Promise<RosterEnd> {
      end = listenTo(await open());
      return end;
    }

    const told = () => end!.changes.map(({ userId, from, to }) => `${userId} ${from} ${to}`);
    const toldWere = (expected: string[]) => expect.poll(told).toEqual(expected);

    test('tells the way of a person from here to gone, each step once and in order', async () => {
      const { roster, changes } = await start();
      await roster.put('ann', 'phone', true);
      await roster.put('ann', 'desk', true);
      await roster.put('ann', 'phone', false);
      await roster.put('ann', 'desk', false);
      await roster.put('ann', 'desk', false);
      await roster.drop('ann', 'desk', 1_000);
      await roster.drop('ann', 'phone', 1_700_000_000_123);
      await toldWere(['ann offline online', 'ann online away', 'ann away offline']);
      expect(changes.map(({ goneAt }) => goneAt)).toEqual([undefined, undefined, 1_700_000_000_123]);
    });

    test('does not mix people up', async () => {
      const { roster } = await start();
      await roster.put('ann', 'one', true);
      await roster.put('bob', 'one', false);
      await roster.drop('ann', 'one', 5);
      await toldWere(['ann offline online', 'bob offline away', 'ann online offline']);
    });

    test('ignores connections that it does not know', async () => {
      const { roster } = await start();
      await roster.drop('ann', 'never', 1);
      await roster.put('ann', 'one', true);
      await roster.drop('ann', 'other', 1);
      await toldWere(['ann offline online']);
      expect(await roster.statesOf(['ann'])).toEqual(new Map([['ann', 'online']]));
    });

    test('says who is here, and by which connections', async () => {
      const { roster } = await start();
      await roster.put('ann', 'one', true);
      await roster.put('ann', 'two', false);
      await roster.put('bob', 'three', false);
      const states = new Map<string, State>([
        ['ann', 'online'],
        ['bob', 'away'],
      ]);
      expect(await roster.statesOf(['ann', 'bob', 'carol'])).toEqual(states);
      const connections = await roster.connectionsOf(['ann', 'carol', 'bob']);
      expect([...connections.keys()].sort()).toEqual(['ann', 'bob']);
      expect(
        connections
          .get('ann')
          ?.map(({ connectionId }) => connectionId)
          .sort(),
      ).toEqual(['one', 'two']);
      expect(await roster.statesOf([])).toEqual(new Map());
    });

    test('has whoever tells of a person look at them again', async () => {
      const { roster, nudges } = await start();
      await roster.put('ann', 'one', false);
      await roster.nudge('ann');
      await roster.nudge('bob');
      await expect.poll(() => nudges).toEqual(['ann away', 'bob offline']);
      expect(roster.isTeller('ann')).toBe(true);
    });
  });
}
