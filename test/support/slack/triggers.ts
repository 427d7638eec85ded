import type { Deed, StoredModal, World } from './world.ts';

/** A new trigger id for a deed. */
export function triggerFor(world: World, deed: Deed, view: StoredModal | null = null): string {
  const id = `${world.clock.now()}.${deed.team.id.length}${Math.floor(Math.random() * 1e9)}.${world.ids.secret(32)}`;
  world.triggers.set(id, { deed, at: world.clock.now(), used: false, view });
  return id;
}
