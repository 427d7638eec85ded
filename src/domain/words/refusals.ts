import type { WindowKind } from '../policy.ts';
import { potsOffered } from './crediting.ts';
import { credits, list, moment, n } from './forms.ts';

/** Refusals before anything is held. */
export const refusals = {
  'command.unknown': (p: { got: string }) => `There is no command "${p.got}". /help lists what there is.`,
  'command.forbidden': 'You may not do that here.',
  'field.unknown': (p: { got: string; takes: readonly string[] }) =>
    `There is no field "${p.got}" here.${p.takes.length > 0 ? ` It takes ${list(p.takes, 'conjunction')}.` : ''}`,
  'field.unnamed': (p: { got: string; takes: readonly string[] }) =>
    `Which field is "${p.got}" for? Say it as name:value; the names are ${list(p.takes, 'conjunction')}.`,
  'field.missing': (p: { field: string }) => `"${p.field}" is needed.`,
  'admin.nothing': (p: { names: readonly string[] }) => `Say what to settle: ${list(p.names)}.`,
  'admin.everybody': 'Everybody has that role. Choose one that only some have.',
  'field.empty': (p: { field: string }) => `"${p.field}" is empty; write a few words.`,
  'field.long': (p: { field: string; max: number; got: number }) =>
    `"${p.field}" takes at most ${p.max} characters; this has ${p.got}.`,
  'field.integer': (p: { field: string; min: number; max: number; got: string }) =>
    `"${p.field}" takes a whole number from ${p.min} to ${p.max}, not "${p.got}".`,
  'field.boolean': (p: { field: string; got: string }) => `"${p.field}" takes yes or no, not "${p.got}".`,
  'field.choice': (p: { field: string; takes: readonly string[]; got: string }) =>
    `"${p.field}" takes ${list(p.takes)}, not "${p.got}".`,
  'field.text': (p: { field: string }) => `"${p.field}" takes text.`,
  'field.member': (p: { field: string }) => `"${p.field}" takes a member here, such as @ada.`,
  'field.channel': (p: { field: string; clears: boolean }) =>
    `"${p.field}" takes a channel here, such as #films${p.clears ? ', or none' : ''}.`,
  'field.role': (p: { field: string; clears: boolean }) =>
    `"${p.field}" takes a group of members here, such as @film-team${p.clears ? ', or nobody' : ''}.`,
  'field.picture': (p: { field: string }) => `"${p.field}" takes a picture file.`,
  'seconds.unknown': (p: { model: string; takes: readonly number[]; got: number }) =>
    `${p.model} makes films of ${list(p.takes)} seconds, not ${p.got}.`,
  'size.unknown': (p: { model: string; takes: readonly string[]; got: string }) =>
    `${p.model} makes films of ${list(p.takes)}, not ${p.got}.`,
  'shape.unknown': (p: { got: string }) =>
    `"${p.got}" is not a shape. Say landscape, portrait, square, a ratio such as 16:9 or a size such as 1365x768.`,
  'resolution.unknown': (p: { got: string }) => `"${p.got}" is not a resolution. Say a tier such as 1K or 720p.`,
  'model.unknown': (p: { got: string; takes: readonly string[] }) =>
    `There is no model "${p.got}". Choose ${list(p.takes)}.`,
  'model.retired': (p: { model: string; instead: string }) =>
    `${p.model} is not made any more. Choose ${p.instead} instead.`,
  'model.away': (p: { model: string; instead: string }) =>
    `${p.model} is not on offer right now. Choose ${p.instead} instead.`,
  'model.barred':
    'The rules here leave no model that you may choose, so nothing was taken. Those who manage this place can see which with /admin policy show.',
  'model.none': 'No model is on offer right now, so nothing was taken. The people who run this bot can see why.',
  'extra.none': (p: { model: string; field: string }) => `${p.model} has no use for "${p.field}". Leave it out.`,
  'extra.operator': (p: { field: string }) =>
    `"${p.field}" is chosen by the people who run this bot, not with a film. Leave it out.`,
  'extra.most': (p: { field: string; most: number; got: number }) =>
    `"${p.field}" takes at most ${p.most}, not ${p.got}.`,
  'prompt.long': (p: { model: string; max: number; got: number }) =>
    `${p.model} takes prompts of at most ${p.max} characters; this one has ${p.got}.`,
  'picture.none': (p: { model: string }) => `${p.model} takes no picture.`,
  'picture.unreadable': 'That is not a picture the bot can read. JPEG, PNG, WebP, AVIF, GIF and HEIC work.',
  'picture.svg': 'SVG drawings cannot be used. Save the drawing as PNG or JPEG first.',
  'picture.broken': 'That picture is damaged or cut off. Save it again and try once more.',
  'picture.huge': (p: { megapixels: number; side: number }) =>
    `That picture has too many pixels; up to ${p.megapixels} megapixels work, and up to ${p.side} pixels a side.`,
  'picture.heavy': (p: { megabytes: number }) => `That file is too large; pictures up to ${p.megabytes} MB work.`,
  'picture.gone':
    'The picture that this film begins with is not kept any more. Ask for the film anew, with the picture; nothing was taken.',
  'job.unknown': 'There is no such film here.',
  'again.closed': 'This film was asked for in a private thread. Make it again there, so that its words stay there.',
  'again.closed.channel':
    'This film was asked for in a private channel. Make it again there, so that its words stay there.',
  'again.removed': 'This film was removed. Only whoever asked for it can make it again.',
  'job.forbidden': "That film is somebody else's.",
  'quote.gone': 'That price is not held any more. Ask for the film once more; nothing was paid.',
  'quote.forbidden': 'That price was said to somebody else.',
  'quote.chosen': 'You have chosen here already, and that choice stands. See /jobs; nothing was paid twice.',
  'quote.model': (p: { model: string }) =>
    `${p.model} is not available any more. Ask for the film once more with another model; nothing was paid.`,
  'balance.short': (p: {
    price: number;
    left: number;
    renewsAt: number;
    timeZone: string;
    pots?: readonly { title: string; left: number }[];
  }) =>
    `This costs ${credits(p.price)} and you have ${p.left}. New credits come ${moment(p.renewsAt, p.timeZone)}.${potsOffered(p.pots ?? [])}`,
  'workflow.unset':
    'No credits are set aside for workflows in this workspace. A manager sets them with /admin set workflows:100. Nothing was taken.',
  'workflow.short': (p: { price: number; left: number; renewsAt: number; timeZone: string }) =>
    `This costs ${credits(p.price)} and ${credits(p.left)} ${p.left === 1 ? 'is' : 'are'} left for workflows. New credits come ${moment(p.renewsAt, p.timeZone)}. Nothing was taken.`,
  'call.conflict': 'This request was already made with other content. Send the new one under a new id.',
  'space.cannotPost': 'The bot may not post here. Ask somebody who runs this place to let it in.',
  'space.missing': (p: { lacks: readonly string[] }) =>
    `The bot cannot post a film here: it lacks ${list(p.lacks, 'conjunction')}. Ask somebody who may manage this channel or the server to grant that to the bot here. Nothing was taken.`,
  'space.uninvited':
    'The bot itself is not on this server, only its commands are. Ask somebody who may manage the server to invite the bot too. Nothing was taken.',
  'space.locked':
    'This thread is locked, so the bot cannot post here. Ask in another place, or have it unlocked. Nothing was taken.',
  'space.closed':
    'The bot is not in this private thread, so it cannot post a film here. Mention it here once, which lets it in, and ask again. Nothing was taken.',
  'space.absent':
    'The bot is not in this channel, so it cannot post a film here. Ask it in with the button, or with /invite, and then ask once more. Nothing was taken.',
  'space.private':
    'The bot is not in this channel, so it cannot post a film here. Somebody who is may ask it in with /invite and its name. Nothing was taken.',
  'space.others':
    'The bot is not part of this conversation, so it cannot post a film here. Ask in a channel, or on the page of the bot itself. Nothing was taken.',
  'space.archived': 'This channel is archived, so the bot cannot post here. Ask in another one. Nothing was taken.',
  'channel.outside': 'You are not in that channel. Choose one that you are in. Nothing was taken.',
  'member.bot': 'Only people ask for films here, no bots.',
  'member.gone': 'That account is closed, so no film is made in its name. Nothing was taken.',
  'member.guest':
    'Guests cannot ask for films in this workspace. Ask somebody who manages it to let them. Nothing was taken.',
  'member.stranger':
    'People of other workspaces cannot ask for films here. Ask somebody who manages this one to let them. Nothing was taken.',
  'space.direct': 'Films are asked for on a server, where you have credits. Here they only arrive.',
  'space.kind':
    'A film cannot be posted in this kind of channel. Ask for it in a text channel or a thread. Nothing was taken.',
  'picture.other': (p: { name: string }) =>
    `${p.name} is not a picture that the bot can read. Attach JPEG, PNG, WebP, AVIF, GIF or HEIC, or leave it out. Nothing was taken.`,
  'picture.unnamed':
    'What is given as the picture names no file. Choose the File ID of a file that was posted in a channel with the bot, or leave it out. Nothing was taken.',
  'channel.unnamed':
    'No channel is given for the film. Choose one in the step, or fill in its variable. Nothing was taken.',
  'requester.unnamed':
    'Nobody is named who enters. Choose somebody in the step, such as the person who used the workflow, or fill in its variable. Nothing was taken.',
  'thread.unnamed':
    'What is given as the thread names no message. Choose the timestamp of a message or a link to it, or leave it out. Nothing was taken.',
  'picture.away': 'The picture could not be fetched from the chat. Attach it once more.',
  'form.gone':
    'What you gave before the form is not kept any more: it was open for too long, or the bot was restarted. Ask once more; nothing was taken.',
  'form.late': 'The form could not be opened in time. Ask once more; nothing was taken.',
  'form.old': 'This form is from another version of the bot. Ask once more; nothing was taken.',
  'form.wrote': (p: { text: string }) => `You had written: ${p.text}`,
  'button.old': 'This button is from another version of the bot and does nothing any more. /help lists what there is.',
  'message.empty': 'There are no words and no picture that the bot can read in that message.',
  'message.own': 'That is a message of the bot itself. Press "Make it again" under a film to make one like it.',
  'service.away':
    'The bot cannot reach its memory right now, so nothing was taken and nothing was paid. Try again in a minute.',
  'service.unsure':
    'The bot lost the connection to its memory while it took your request. Look at /jobs in a minute before you ask again.',
  'service.clock': 'New credits are being given out right now. Try again in a few seconds.',
  'service.full': 'The bot is full right now and takes nothing new for a while. Nothing was paid.',
  'service.funds':
    'The video service is out of credit, which is not your fault. The people who run this bot have been told. Nothing was taken; try again later.',
  'service.misconfigured':
    'The video service is not set up correctly. The people who run this bot have been told. Nothing was taken; try again later.',
  'budget.told': (p: { share: number; renewsAt: number; timeZone: string }) =>
    p.share >= 100
      ? `What this community set aside for films is used up. Nothing new is taken until it begins anew ${moment(p.renewsAt, p.timeZone)}, or until it is raised with /admin policy set.`
      : `${p.share} % of what this community set aside for films is used. It begins anew ${moment(p.renewsAt, p.timeZone)}; /admin policy show tells what is left.`,
  'budget.used': (p: { window: WindowKind; some: boolean; renewsAt: number; timeZone: string }) =>
    `The people who run this bot set an amount for each ${p.window}, and what is left of it does not cover this.${p.some ? ' Something shorter, or another model, may still fit.' : ''} New money comes ${moment(p.renewsAt, p.timeZone)}. Nothing was taken.`,
  'budget.small': (p: { window: WindowKind }) =>
    `This costs more than the people who run this bot allow for a whole ${p.window}. Try something shorter, or another model. Nothing was taken.`,
  'cap.once': (p: { most: number }) =>
    `You have as many films under way as you may have at once here, which is ${p.most}. Ask again when one of them is done. Nothing was taken.`,
  'cap.waiting': (p: { most: number }) =>
    `You have as many films waiting as you may have here, which is ${p.most}. Ask again when one of them is being made. Nothing was taken.`,
  'cap.spend': (p: { price: number; left: number; renewsAt: number; timeZone: string }) =>
    `This costs ${credits(p.price)}, and of what one member may use here at a time ${p.left} ${p.left === 1 ? 'is' : 'are'} left, whatever else you have. That begins anew ${moment(p.renewsAt, p.timeZone)}. Nothing was taken.`,
  'cap.space': (p: { some: boolean; renewsAt: number; timeZone: string }) =>
    `What this community set aside for films is used up, or does not cover this.${p.some ? ' Something shorter, or another model, may still fit.' : ''} It begins anew ${moment(p.renewsAt, p.timeZone)}. Nothing was taken.`,
  'cap.seconds': (p: { most: number }) =>
    `Films may be ${n(p.most, 'second')} long here at the most. Nothing was taken.`,
  'policy.changed':
    'Somebody else changed this at the same moment, so nothing was changed. Look at it, and say it again if you still want it.',
  'policy.many': (p: { most: number }) =>
    `There are ${p.most} rules here, which is as many as there may be. Take one away first.`,
  'pot.unknown': 'There is no pot of that name here. /pot list shows what there is.',
  'pot.several': 'Several pots have that title. Say its id; /pot list shows them.',
  'pot.forbidden':
    'That pot is for others, or for another thread. /pot list shows which you can use. Nothing was taken.',
  'credits.amount': (p: { most: number }) => `Say a whole number of credits, from 1 to ${p.most}.`,
  'credits.past': 'Those credits would have run out already. Choose a later day.',
  'credits.short': (p: { left: number }) =>
    p.left === 0
      ? 'There are no granted credits to take back; what films under way hold stays with them.'
      : `Only ${credits(p.left)} can be taken back; what films under way hold stays with them.`,
  'correct.short': (p: { spent: number }) => `Only ${credits(p.spent)} were spent, so no more can be given back.`,
  'give.self': 'Credits are given to somebody else.',
  'give.day': (p: { most: number; left: number }) =>
    `Up to ${credits(p.most)} may be given away in a day, and ${p.left} ${p.left === 1 ? 'is' : 'are'} left of that today.`,
  'give.short': (p: { left: number }) =>
    `You can give away ${credits(p.left)}: only what you were granted or given, not what comes anew each time.`,
  'pledge.short': (p: { left: number }) => `You have ${credits(p.left)} to put into a pot.`,
  'pot.short': (p: { price: number; left: number }) =>
    `This costs ${credits(p.price)}, and the pot has ${p.left} left. Nothing was taken.`,
  'pot.closed': 'That pot is not open any more.',
  'pot.full': 'That pot has as many contributors as it can have.',
  'pot.past': 'A pot stays open for a while. Choose a later day.',
  'pots.own': (p: { most: number }) =>
    `You have ${p.most} pots open, which is as many as one member may have. Close one first.`,
  'pots.many': (p: { most: number }) =>
    `There are ${p.most} pots open here, which is as many as there may be. Close one first.`,
  'service.stopping': 'The bot is restarting; nothing was taken. Try again in a minute.',
  'service.chat': 'The chat did not answer the bot just now, so nothing was taken. Try again in a minute.',
  'service.unshown': 'The answer could not be shown here. Look at /jobs before you ask again.',
  'service.broken':
    'Something went wrong on our side, and the people who run this bot have been told. Nothing was paid.',
} as const;
