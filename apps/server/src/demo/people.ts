export interface Person {
  username: string;
  displayName: string;
  bio?: string;
  /** Hours since they were last here; none for the first one, who is looking. */
  awayHours?: number;
}

export const password = 'testpass';

/** The first one administers the installation. */
export const people: readonly Person[] = [
  { username: 'alice', displayName: 'Alice Moreau', bio: 'Bakes on Sundays, fixes bicycles on the other days.' },
  { username: 'bob', displayName: 'Bob Lindqvist', bio: 'Trains, maps and strong coffee.', awayHours: 0.2 },
  { username: 'carol', displayName: 'Carol Okafor', bio: 'Nurse, climber, owner of too many plants.', awayHours: 0.7 },
  { username: 'dana', displayName: 'Dana Petrov', bio: 'Plays the viola. Badly, but with feeling.', awayHours: 0.4 },
  { username: 'emre', displayName: 'Emre Yıldız', bio: 'İstanbul → Rotterdam', awayHours: 2 },
  { username: 'fatima', displayName: 'Fatima Haddad', awayHours: 5 },
  { username: 'george', displayName: 'George Tan', bio: 'Retired. Busier than ever.', awayHours: 19 },
  { username: 'hana', displayName: 'Hana Mori', bio: '写真と山。', awayHours: 1.2 },
  { username: 'ivan', displayName: 'Ivan Castellanos', awayHours: 52 },
  { username: 'julia', displayName: 'Julia Brandt', bio: 'Librarian at the Harbour Library.', awayHours: 3 },
  { username: 'kofi', displayName: 'Kofi Mensah', bio: 'Teaches physics, asks questions.', awayHours: 9 },
  { username: 'lena', displayName: 'Lena Vogel', awayHours: 130 },
];
