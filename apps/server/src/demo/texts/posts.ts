/** What channels tell. */
export const houseNews: readonly string[] = [
  'The courtyard lights are repaired. Thank you for your patience, and to Mr. Tan for the ladder.',
  'Water will be off on {day} between {time} and noon. Please fill a kettle beforehand.',
  'The garden swap is back: bring a plant, take a plant. {day}, {time}, by the big chestnut. 🌱',
  'Paper bins are collected on {day} this week, one day later than usual.',
  'We found a child’s blue bicycle helmet near {place}. It waits at the office.',
  'Minutes of the last house meeting: https://example.org/house/minutes',
  'New: a shared tool shelf in the bike cellar. Write your name on the list when you borrow something.',
  'The stairwell is being painted from {day}. The handrail will be wet; you have been warned. 🎨',
  'Summer party: who brings what? There is a sheet by the letterboxes. We still lack salads and music.',
  'The bees on the roof are doing well: 14 jars of honey this year, one for each flat and two for the office.',
];

export const libraryNews: readonly string[] = [
  'New on the shelf this week: {book}, and everything by the same author. 📚',
  'Late opening on {day}: we are here until 9 pm, with {drink}.',
  'Reading aloud for children under six, {day} at {time}, third floor. Pyjamas are welcome.',
  'Our map room is open again. The 1907 harbour plan can be seen at https://example.com/maps/harbour-1907',
  'You can now borrow board games, a sewing machine and, yes, {thing}.',
  'Repair café on {day}: bring what is broken, leave with something that works or a good story.',
  'Vorlesestunde auf Deutsch am {day} um {time}. Herzlich willkommen!',
  'Film evening: {film}. Free, but please bring your own cushion.',
  'The returns box at {place} is being emptied twice a day now, so it should stop eating novels.',
  'Quiet hours are from {time} on. The clock in the hall has been told.',
];

/** Notes to oneself. */
export const notes: readonly string[] = [
  'Shopping: oats, lemons, lightbulbs (E14!), cardamom',
  'Idea for Carol’s birthday: climbing gloves, the green ones',
  'Flat white at Marla’s is better on weekdays. Investigate why.',
  'https://example.org/recipes/slow-bread — 18 h, 75 % water, salt later',
  'Bicycle: rear brake pads, 2 × 55 mm',
  'Train 07:42, platform 6, coach 12',
  'Wifi at the cabin: the password is on the fridge',
  'Return {book} before the 28th',
  'Call the dentist. Really.',
  'Measure the hallway: 3.42 m × 1.18 m',
];
