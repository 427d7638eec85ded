import { ChannelType } from 'discord.js';

/** Discord's own limits, from its reference (July and August 2026). Nothing is cut to fit them in silence: a test holds every command against them. */
export const limits = {
  /** Slash commands, and message commands, of one application. */
  slashCommands: 100,
  messageCommands: 15,
  commandName: /^[-_\p{Ll}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$/u,
  messageCommandName: 32,
  description: 100,
  options: 25,
  choices: 25,
  choiceName: 100,
  /** All names, descriptions and values of one command together. */
  commandChars: 8000,
  optionText: 6000,
  content: 2000,
  /** Columns of a code block whose lines are not broken in a window of usual width: in no reference. */
  tableWidth: 96,
  customId: 100,
  threadName: 100,
  buttonLabel: 80,
  rowButtons: 5,
  rows: 5,
  formFields: 5,
  formTitle: 45,
  label: 45,
  labelDescription: 100,
  inputText: 4000,
  placeholder: 100,
  altText: 1024,
  /** Bytes of one file where neither the server's boosts nor the member's subscription allow more. */
  upload: 10 * 1024 * 1024,
} as const;

/** Bytes of one file by a server's boost tier; what it really is shows when a file is refused. */
export const uploadByTier: Record<number, number> = { 2: 50 * 1024 * 1024, 3: 100 * 1024 * 1024 };

/** What pictures may be called, so that the picker offers them; what is in them is looked at all the same. */
export const pictureTypes = ['.jpg', '.jpeg', '.png', '.webp', '.avif', '.gif', '.heic', '.heif'] as const;

/** Channels in which messages are posted, and not threads alone. */
export const postable = [ChannelType.GuildText, ChannelType.GuildAnnouncement] as const;
