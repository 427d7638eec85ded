import { type Command, type Context, command, type Fact, type Reply } from '../src/domain/command.ts';
import { UserError } from '../src/domain/errors.ts';
import { mostCredits } from '../src/domain/ledger.ts';
import { mayKnow, mayUse, openPot, type Pot, type PotAbout, type PotUser, potsOfOne } from '../src/domain/pot.ts';
import { say, word } from '../src/domain/words.ts';
import { answer } from './answer.ts';
import { nameOf } from './statement.ts';

const asked = { who: 'anyone', reply: 'private', surfaces: ['slash'] } as const;
const chats = ['discord', 'slack'] as const;
const which = { kind: 'text', label: 'pots.pot', max: 60, required: true } as const;
const amount = { kind: 'integer', label: 'pots.credits', min: 1, max: mostCredits } as const;
const credits = { ...amount, required: true, positional: true } as const;

const dayMs = 86_400_000;
const usualDays = 14;
/** Pots in a list, and contributors of a pot, that are told one by one. */
const listed = 20;

const shown = (text: string, facts: Fact[] = []): Reply =>
  answer({ kind: 'text', text }, ...(facts.length === 0 ? [] : [{ kind: 'facts', facts } as const]));

const userOf = ({ call, roles }: Context): PotUser => ({ origin: call.origin, roles });
const found = (named: string, context: Context): Promise<Pot> =>
  openPot(named, context.space, context.pots, userOf(context));

/** What everybody has in a pot, those with most first. */
async function sharesOf({ shares }: Pot, context: Context): Promise<Fact[]> {
  const most = [...shares].sort((one, other) => other.left + other.held - one.left - one.held);
  const value = (of: { left: number; held: number }) => say({ word: 'pots.share', with: of });
  const facts = most.slice(0, listed).map(async (share): Promise<Fact> => {
    const label = share.member === undefined ? word('pots.charge') : await nameOf(share.member, context);
    return { label, value: value(share) };
  });
  const rest = most.slice(listed);
  const sum = (of: 'left' | 'held') => rest.reduce((all, share) => all + share[of], 0);
  const others = { label: word('pots.others'), value: value({ left: sum('left'), held: sum('held') }) };
  return [...(await Promise.all(facts)), ...(rest.length === 0 ? [] : [others])];
}

/** What a pot has, for whom, and until when. */
async function lineOf(pot: Pot, context: Context): Promise<string> {
  const { left, held, deadline, for: whose } = pot;
  const yours = await mayUse(pot, userOf(context));
  const said = whose.kind === 'thread' && yours ? 'here' : whose.kind;
  const { timeZone } = context.policy;
  return say({ word: 'pots.line', with: { left, held, deadline, timeZone, yours, whose: word(`pots.whose.${said}`) } });
}

/** A pot as it is now, with whoever has something in it. */
const changed = async (id: string, text: string, context: Context): Promise<Reply> => {
  const pot = await context.pots.find(context.space, id);
  return shown(text, pot ? await sharesOf(pot, context) : []);
};

/** For whom a pot is opened. */
function forWhom(role: string | undefined, isTeam: boolean, { call, level }: Context): PotAbout['for'] {
  const { channel, thread, closed, visibility } = call.origin;
  if (!isTeam) {
    const hidden = closed !== undefined || visibility === 'private';
    const where = { kind: 'thread', channel, ...(thread === undefined ? {} : { thread }) } as const;
    return hidden ? { ...where, closed: true } : where;
  }
  if (level === 'anyone') throw new UserError('forbidden', { word: 'pots.team.forbidden' }, { field: 'for' });
  if (role === undefined) throw new UserError('invalid', { word: 'pots.role.missing' }, { field: 'role' });
  return { kind: 'team', role };
}

const open = command({
  ...asked,
  name: 'open',
  summary: 'pots.open',
  fields: {
    title: { kind: 'text', label: 'pots.title', max: 60, required: true },
    days: { kind: 'integer', label: 'pots.days', min: 1, max: 90, default: usualDays },
    for: {
      ...{ kind: 'choice', label: 'pots.for', only: chats },
      choices: [
        { value: 'thread', label: 'pots.for.thread' },
        { value: 'team', label: 'pots.for.team' },
      ],
    },
    role: { kind: 'role', label: 'pots.role', only: chats },
  },
  run: async ({ title: given, days = usualDays, for: whose, role }, context) => {
    const { pots, space, call, policy, level } = context;
    const own = (await pots.list(space)).filter(({ by }) => by === call.origin.user);
    if (level === 'anyone' && own.length >= potsOfOne) {
      throw new UserError('busy', { word: 'pots.own', with: { most: potsOfOne } });
    }
    const title = given.replace(/\s+/g, ' ').replaceAll('"', "'");
    const about = { title, for: forWhom(role, (whose ?? (role && 'team')) === 'team', context), by: call.origin.user };
    const id = await pots.open(space, call.key, { ...about, deadline: Date.now() + days * dayMs });
    if (about.for.kind === 'team') await context.note({ what: 'pot open', about: id });
    const { deadline = Date.now() } = (await pots.find(space, id)) ?? {};
    return shown(say({ word: 'pots.opened', with: { title, id, deadline, timeZone: policy.timeZone } }));
  },
});

const pledge = command({
  ...asked,
  name: 'pledge',
  summary: 'pots.pledge',
  fields: { pot: which, credits },
  run: async ({ pot: named, credits: amount }, context) => {
    const { pots, space, call, policy, window } = context;
    const { id, title } = await found(named, context);
    const terms = { window, allowance: policy.credits, spend: policy.caps.spend };
    const from = { pot: id, member: call.origin.user, credits: amount, terms };
    const left = await pots.pledge(space, call.key, from);
    return changed(id, say({ word: 'pots.pledged', with: { title, credits: amount, left } }), context);
  },
});

const fund = command({
  ...asked,
  name: 'fund',
  summary: 'pots.fund',
  who: 'manager',
  fields: { pot: which, credits },
  run: async ({ pot: named, credits: amount }, context) => {
    const { pots, space, call } = context;
    const { id, title } = await found(named, context);
    const left = await pots.fund(space, call.key, { pot: id, credits: amount, by: call.origin.user });
    return changed(id, say({ word: 'pots.funded', with: { title, credits: amount, left } }), context);
  },
});

const list = command({
  ...asked,
  name: 'list',
  summary: 'pots.list',
  fields: {},
  run: async (_values, context) => {
    const all = (await context.pots.list(context.space)).filter(
      (pot) => pot.deadline > Date.now() && mayKnow(pot, userOf(context)),
    );
    if (all.length === 0) return shown(word('pots.none'));
    const facts = all.slice(0, listed).map(async (pot): Promise<Fact> => {
      return { label: `${pot.title} (${pot.id})`, value: await lineOf(pot, context) };
    });
    const reply = shown(say({ word: 'pots.head', with: { count: all.length } }), await Promise.all(facts));
    const more = all.length - listed;
    if (more > 0) reply.parts.push({ kind: 'text', text: say({ word: 'pots.more', with: { count: more } }) });
    return reply;
  },
});

const show = command({
  ...asked,
  name: 'show',
  summary: 'pots.show',
  fields: { pot: which },
  run: async ({ pot: named }, context) => {
    const pot = await found(named, context);
    return shown(pot.title, [
      { label: word('pots.what'), value: await lineOf(pot, context) },
      { label: word('pots.by'), value: await nameOf(pot.by, context) },
      { label: word('pots.id'), value: pot.id },
      ...(await sharesOf(pot, context)),
    ]);
  },
});

const close = command({
  ...asked,
  name: 'close',
  summary: 'pots.close',
  fields: { pot: which },
  run: async ({ pot: named }, context) => {
    const { pots, space, call, level } = context;
    const pot = await found(named, context);
    if (pot.by !== call.origin.user && level === 'anyone') {
      throw new UserError('forbidden', { word: 'pots.close.forbidden' }, { field: 'pot' });
    }
    const shares = await sharesOf(pot, context);
    const back = await pots.close(space, pot.id);
    if (pot.by !== call.origin.user) await context.note({ what: 'pot close', about: pot.id });
    if (back === undefined) throw new UserError('unknown', { word: 'pot.closed' }, { field: 'pot' });
    const made = Math.min(back, pot.shares.find(({ member }) => member === undefined)?.left ?? 0);
    return shown(say({ word: 'pots.ended', with: { title: pot.title, credits: back - made, made } }), shares);
  },
});

/** Credits that many put together, and films are paid by. */
export const pot: Command = { name: 'pot', summary: 'pots.summary', subs: [open, pledge, fund, list, show, close] };
