import { named, type View } from './blocks.ts';
import type { StoredModal, User, World } from './world.ts';

/** The modals in front of a member, the topmost last. */
export const modalsOf = (world: World, user: User): StoredModal[] =>
  [...world.views.values()].filter((one) => one.type === 'modal' && one.user === user && one.state !== 'closed');

export function putView(world: World, modal: StoredModal, view: View): void {
  modal.json = { ...view, blocks: named(view.blocks, () => world.ids.secret(5)) };
  modal.hash = `${Math.floor(world.clock.now() / 1000)}.${world.ids.secret(8)}`;
  if (modal.state === 'errors') modal.state = 'open';
  modal.errors = null;
}

type New = Pick<StoredModal, 'team' | 'user' | 'json' | 'previous' | 'channel'>;

export function createModal(world: World, given: New, type: 'modal' | 'home' = 'modal'): StoredModal {
  const id = world.ids.next('V');
  const root = given.previous?.root ?? id;
  const modal: StoredModal = { ...given, id, type, hash: '', state: 'open', errors: null, root };
  putView(world, modal, given.json);
  world.views.set(id, modal);
  return modal;
}

export function closeAll(world: World, user: User): void {
  for (const modal of modalsOf(world, user)) modal.state = 'closed';
}
