import { command } from '../src/domain/command.ts';

export const video = command({
  name: 'video',
  summary: 'video.summary',
  who: 'anyone',
  reply: 'private',
  surfaces: ['slash', 'form', 'message', 'step'],
  fields: {
    prompt: {
      kind: 'text',
      label: 'video.prompt',
      hint: 'video.prompt.hint',
      max: 32_000,
      multiline: true,
      required: true,
      ask: true,
    },
    image: { kind: 'image', label: 'video.image', hint: 'video.image.hint', ask: true },
    seconds: { kind: 'integer', label: 'video.seconds', min: 1, max: 60, ask: true },
    shape: {
      kind: 'choice',
      label: 'video.shape',
      ask: true,
      choices: [
        { value: 'landscape', label: 'video.shape.landscape' },
        { value: 'portrait', label: 'video.shape.portrait' },
        { value: 'square', label: 'video.shape.square' },
      ],
    },
    resolution: { kind: 'text', label: 'video.resolution', hint: 'video.resolution.hint', max: 16, advanced: true },
    size: { kind: 'text', label: 'video.size', hint: 'video.size.hint', max: 16, advanced: true },
    model: { kind: 'model', label: 'video.model', advanced: true },
    original: { kind: 'boolean', label: 'video.original', hint: 'video.original.hint', advanced: true },
    characters: { kind: 'text', label: 'video.characters', hint: 'video.characters.hint', max: 200, advanced: true },
    count: {
      kind: 'integer',
      label: 'video.count',
      hint: 'video.count.hint',
      min: 1,
      max: 4,
      default: 1,
      advanced: true,
    },
  },
  run: (values, context) => context.make({ ...values, count: values.count ?? 1 }),
});
