import type { APIEmbed } from 'discord.js';
import { MessageFlags } from 'discord.js';
import { checkComponents } from './check-components.ts';
import { shownFiles } from './components.ts';
import { type Problems, refusal } from './refusals.ts';
import type { Message } from './world.ts';

function sizeOf({ title, description, footer, author, fields }: APIEmbed): number {
  const texts = [
    title,
    description,
    footer?.text,
    author?.name,
    ...(fields ?? []).flatMap(({ name, value }) => [name, value]),
  ];
  return texts.reduce((sum, text) => sum + [...(text ?? '')].length, 0);
}

function checkEmbed(embed: APIEmbed, index: number, problems: Problems): void {
  const texts: [string[], string | undefined, number][] = [
    [['title'], embed.title, 256],
    [['description'], embed.description, 4096],
    [['footer', 'text'], embed.footer?.text, 2048],
    [['author', 'name'], embed.author?.name, 256],
  ];
  for (const [path, text, max] of texts)
    if (text !== undefined) problems.length(['embeds', index, ...path], text, 0, max);
  problems.length(['embeds', index, 'fields'], embed.fields ?? [], 0, 25);
  for (const [at, { name, value }] of (embed.fields ?? []).entries()) {
    problems.length(['embeds', index, 'fields', at, 'name'], name, 1, 256);
    problems.length(['embeds', index, 'fields', at, 'value'], value, 1, 1024);
  }
  if (sizeOf(embed) === 0 && !embed.image && !embed.thumbnail && !embed.url)
    problems.add(['embeds', index, 'description'], 'BASE_TYPE_REQUIRED', 'This field is required');
}

/** Legacy fields and the new components exclude each other: docs.discord.com/developers/components/reference. */
function checkModern({ content, embeds }: Message, problems: Problems): void {
  const used = { content: content !== '', embeds: embeds.length > 0 };
  for (const [field, is] of Object.entries(used)) {
    const said = `The '${field}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2`;
    if (is) problems.add([field], 'MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2', said);
  }
}

/** Refuses a message that Discord would not hold, as it would stand after a request. */
export function checkMessage(message: Message, problems: Problems): void {
  const { content, embeds, components, attachments, nonce } = message;
  const modern = (message.flags & MessageFlags.IsComponentsV2) !== 0;
  const files = attachments.map(({ filename }) => filename);
  problems.length(['content'], content, 0, 2000);
  problems.length(['embeds'], embeds, 0, 10);
  for (const [index, embed] of embeds.entries()) checkEmbed(embed, index, problems);
  if (embeds.reduce((sum, embed) => sum + sizeOf(embed), 0) > 6000)
    problems.add(['embeds'], 'MAX_EMBED_SIZE_EXCEEDED', 'Embed size exceeds maximum size of 6000');
  for (const name of shownFiles(embeds))
    if (!files.includes(name))
      problems.add(['embeds'], 'UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND', `${name} was not found`);
  if (nonce !== null) problems.length(['nonce'], String(nonce), 0, 25);
  for (const [index, { description }] of attachments.entries())
    if (description !== null) problems.length(['attachments', index, 'description'], description, 0, 1024);
  if (modern) checkModern(message, problems);
  checkComponents(components, { modern, files }, problems);
  problems.refuse();
  if (attachments.length > 10) throw refusal(30015);
  if (content === '' && embeds.length + components.length + attachments.length === 0) throw refusal(50006);
}
