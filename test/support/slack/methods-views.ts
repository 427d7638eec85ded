import type { View } from './blocks.ts';
import { checkView } from './check-view.ts';
import { type Call, type Methods, userOf } from './method.ts';
import { closeAll, createModal, modalsOf, putView } from './modals.ts';
import { viewObject } from './objects.ts';
import { badArguments, Refused } from './refusals.ts';
import type { StoredModal, Trigger } from './world.ts';

function viewArgument({ args }: Call, type: 'modal' | 'home'): View {
  let view: unknown;
  try {
    view = args.json('view');
  } catch {
    throw badArguments('must provide an object [json-pointer:/view]');
  }
  if (view === undefined) throw badArguments('missing required field: view');
  const messages = checkView(view, type);
  if (messages.length > 0) throw badArguments(...messages);
  return view as View;
}

/** The trigger of this argument, which is used up by that. */
function triggerOf({ world, args, install }: Call): Trigger {
  const id = args.text('trigger_id') ?? args.text('interactivity_pointer');
  if (id === undefined) throw badArguments('missing required field: trigger_id');
  const trigger = world.triggers.get(id);
  if (!trigger || trigger.deed.team.install !== install) throw new Refused('invalid_trigger_id');
  if (world.clock.now() - trigger.at > world.settings.triggerMs) throw new Refused('expired_trigger_id');
  if (trigger.used) throw new Refused('exchanged_trigger_id');
  return trigger;
}

/** No other open view of the team has this external_id. */
function uniqueExternal({ world, team }: Call, view: View, but?: StoredModal): void {
  if (!view.external_id) return;
  for (const one of world.views.values())
    if (one !== but && one.state !== 'closed' && one.team === team && one.json.external_id === view.external_id)
      throw new Refused('duplicate_external_id');
}

function opened(call: Call, previous: 'none' | 'top'): StoredModal {
  const view = viewArgument(call, 'modal');
  const trigger = triggerOf(call);
  const { deed } = trigger;
  const { user } = deed;
  if (!user) throw new Refused('invalid_trigger_id');
  uniqueExternal(call, view);
  const under = previous === 'top' ? (modalsOf(call.world, user).at(-1) ?? null) : null;
  if (previous === 'top' && (!trigger.view || !under)) throw new Refused('invalid_trigger_id');
  if (previous === 'top' && modalsOf(call.world, user).length >= 3) throw new Refused('push_limit_reached');
  trigger.used = true;
  if (previous === 'none') closeAll(call.world, user);
  const channel = under?.channel ?? deed.channel;
  const modal = createModal(call.world, { team: deed.team, user, json: view, previous: under, channel });
  deed.views.push(modal.id);
  return modal;
}

function known(call: Call): StoredModal {
  const { world, args } = call;
  const [id, external] = [args.text('view_id'), args.text('external_id')];
  if (id === undefined && external === undefined) throw badArguments('missing required field: view_id');
  const found =
    id === undefined
      ? [...world.views.values()].find((one) => one.json.external_id === external && one.state !== 'closed')
      : world.views.get(id);
  if (!found || found.state === 'closed' || found.team.install !== call.install) throw new Refused('not_found');
  return found;
}

export const views: Methods = {
  'views.open': { run: (call) => ({ view: viewObject(call.world, opened(call, 'none')) }) },
  'views.push': { run: (call) => ({ view: viewObject(call.world, opened(call, 'top')) }) },
  'views.update': {
    run(call) {
      const modal = known(call);
      const view = viewArgument(call, modal.type);
      const hash = call.args.text('hash');
      if (hash !== undefined && hash !== modal.hash) throw new Refused('hash_conflict');
      uniqueExternal(call, view, modal);
      putView(call.world, modal, view);
      return { view: viewObject(call.world, modal) };
    },
  },
  'views.publish': {
    run(call) {
      const { world, args } = call;
      const user = userOf(call, args.need('user_id'));
      const view = viewArgument(call, 'home');
      const key = `${call.team.id} ${user.id}`;
      const old = world.homes.get(key);
      const hash = args.text('hash');
      if (old && hash !== undefined && hash !== old.hash) throw new Refused('hash_conflict');
      if (old) putView(world, old, view);
      const given = { team: call.team, user, json: view, previous: null, channel: null };
      const home = old ?? createModal(world, given, 'home');
      world.homes.set(key, home);
      return { view: viewObject(world, home) };
    },
  },
};
