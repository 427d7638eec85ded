import { ComponentType } from 'discord.js';
import { checkButton, checkCustomIds, checkRow, checkType } from './check-controls.ts';
import { everyComponent, type Loose } from './components.ts';
import type { Path, Problems } from './refusals.ts';

const inContainer: readonly number[] = [
  ComponentType.ActionRow,
  ComponentType.Section,
  ComponentType.TextDisplay,
  ComponentType.MediaGallery,
  ComponentType.File,
  ComponentType.Separator,
];

function checkMedia(
  media: unknown,
  path: Path,
  problems: Problems,
  files: readonly string[],
  onlyFiles: boolean,
): void {
  const { url = '' } = (media ?? {}) as { url?: string };
  const file = url.startsWith('attachment://') ? url.slice('attachment://'.length) : undefined;
  if (file === undefined ? onlyFiles || !/^https?:\/\//.test(url) : false)
    problems.add(
      [...path, 'url'],
      'URL_TYPE_INVALID_SCHEME',
      `Scheme must be one of (${onlyFiles ? "'attachment'" : "'http', 'https', 'attachment'"}).`,
    );
  if (file !== undefined && !files.includes(file))
    problems.add(
      path,
      'UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND',
      'The referenced attachment was not found',
    );
}

function checkSection(one: Loose, path: Path, problems: Problems, files: readonly string[]): void {
  problems.length([...path, 'components'], one.components ?? [], 1, 3);
  for (const [index, text] of (one.components ?? []).entries())
    checkType(text, [ComponentType.TextDisplay], [...path, 'components', index], problems);
  const here = [...path, 'accessory'];
  if (!one.accessory) problems.add(here, 'BASE_TYPE_REQUIRED', 'This field is required');
  if (!one.accessory || !checkType(one.accessory, [ComponentType.Button, ComponentType.Thumbnail], here, problems))
    return;
  if (one.accessory.type === ComponentType.Button) checkButton(one.accessory, here, problems);
  else checkMedia(one.accessory.media, [...here, 'media'], problems, files, false);
}

function checkGallery(one: Loose, path: Path, problems: Problems, files: readonly string[]): void {
  const items = (one.items ?? []) as { media?: unknown; description?: string }[];
  problems.length([...path, 'items'], items, 1, 10);
  for (const [index, { media, description }] of items.entries()) {
    checkMedia(media, [...path, 'items', index, 'media'], problems, files, false);
    if (description) problems.length([...path, 'items', index, 'description'], description, 1, 1024);
  }
}

function checkContainer(one: Loose, path: Path, problems: Problems, files: readonly string[]): void {
  problems.length([...path, 'components'], one.components ?? [], 1, 40);
  for (const [index, inner] of (one.components ?? []).entries()) {
    const here = [...path, 'components', index];
    if (checkType(inner, inContainer, here, problems)) checkModern(inner, here, problems, files);
  }
}

function checkModern(one: Loose, path: Path, problems: Problems, files: readonly string[]): void {
  if (one.type === ComponentType.ActionRow) checkRow(one, path, problems);
  if (one.type === ComponentType.Section) checkSection(one, path, problems, files);
  if (one.type === ComponentType.File) checkMedia(one.file, [...path, 'file'], problems, files, true);
  if (one.type === ComponentType.TextDisplay)
    problems.length([...path, 'content'], one.content as string | undefined, 1, 4000);
  if (one.type === ComponentType.MediaGallery) checkGallery(one, path, problems, files);
  if (one.type === ComponentType.Container) checkContainer(one, path, problems, files);
}

/** The components of a message; `files` are the names that `attachment://` may mean. */
export function checkComponents(
  components: readonly unknown[],
  { modern, files }: { modern: boolean; files: readonly string[] },
  problems: Problems,
): void {
  if (!modern) problems.length(['components'], components, 0, 5);
  const all = [...everyComponent(components)];
  if (modern && all.length > 40)
    problems.add(
      ['components'],
      'COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED',
      'The total number of components cannot exceed 40',
    );
  const text = all.map((one) => (one.type === ComponentType.TextDisplay ? String(one.content) : '')).join('');
  if ([...text].length > 4000)
    problems.add(
      ['components'],
      'COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED',
      'The total displayable text of all components cannot exceed 4000',
    );
  for (const [index, one] of (components as Loose[]).entries()) {
    const allowed = modern ? [...inContainer, ComponentType.Container] : [ComponentType.ActionRow];
    if (!checkType(one, allowed, ['components', index], problems)) continue;
    if (modern) checkModern(one, ['components', index], problems, files);
    else checkRow(one, ['components', index], problems);
  }
  checkCustomIds(components, problems);
}
