import { type ErasureRooms, removePerson } from './erasure.js';

/**
 * Erases the invented people of the demo: a kiosk with a real camera must neither recognise them nor count them among its
 * people. Who enrolled himself during the demo stays.
 * @returns how many were erased
 * @throws VestibuleError `storage_*`
 */
export async function removeDemoPeople(rooms: ErasureRooms): Promise<number> {
  const invented = rooms.people.list().filter((person) => person.consent?.recordedBy === 'demo');
  for (const person of invented) await removePerson(person.id, rooms);
  return invented.length;
}
