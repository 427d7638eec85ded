import { describe, expect, it } from 'vitest';
import type { Recipe } from '../../src/domain/recipe.ts';
import type { TaskOrder } from '../../src/ports.ts';
import { gatewayWith, openaiKey, order, png, recipe, sora, taken, withPicture } from './rig.ts';

type Kind = 'passthrough' | 'renamed' | 'converted' | 'emulated';
interface Row {
  parameter: string;
  kind: Kind;
  does: string;
  recipe?: Partial<Recipe>;
  order?: Partial<TaskOrder>;
  /** Of the body; a name with nothing is a field that must not be there. */
  sent: Record<string, unknown>;
}

const absent = undefined;
const dataUri = `data:image/png;base64,${Buffer.from(png).toString('base64')}`;

/** Each parameter of the gateway's page, and what becomes of it on the wire. */
const rows: Row[] = [
  {
    parameter: 'prompt',
    kind: 'passthrough',
    does: 'is sent as the member wrote it',
    recipe: { prompt: 'a “paper” boat\n🚣 <b>' },
    sent: { prompt: 'a “paper” boat\n🚣 <b>' },
  },
  {
    parameter: 'duration',
    kind: 'renamed',
    does: 'is sent as seconds, and never by this name',
    recipe: { seconds: 12, extras: { duration: 20 } },
    sent: { seconds: '12', duration: absent },
  },
  {
    parameter: 'seconds',
    kind: 'converted',
    does: 'is the length as a string, whatever an extra says',
    recipe: { extras: { seconds: 20 } },
    sent: { seconds: '8' },
  },
  {
    parameter: 'size',
    kind: 'converted',
    does: 'is always sent, as the supported size that was quoted',
    recipe: { size: '768x1365', extras: { size: 'auto' } },
    sent: { size: '768x1365' },
  },
  {
    parameter: 'aspect_ratio',
    kind: 'converted',
    does: 'goes into size, and is never sent beside it',
    recipe: { extras: { aspect_ratio: '9:16' } },
    sent: { size: '1365x768', aspect_ratio: absent },
  },
  {
    parameter: 'resolution',
    kind: 'converted',
    does: 'goes into size, and is never sent beside it',
    recipe: { extras: { resolution: '4K' } },
    sent: { size: '1365x768', resolution: absent },
  },
  {
    parameter: 'input_reference',
    kind: 'converted',
    does: 'is the prepared picture, never what an extra names',
    recipe: { extras: { input_reference: 'https://elsewhere', 'input_reference[]': 'x' } },
    order: { picture: { name: 'boat.png', bytes: png } },
    sent: { input_reference: { image_url: dataUri }, 'input_reference[]': absent },
  },
  {
    parameter: 'n',
    kind: 'emulated',
    does: 'is as many jobs, each an order of one: never sent',
    recipe: { extras: { n: 4 } },
    sent: { n: absent },
  },
  {
    parameter: 'character_ids',
    kind: 'passthrough',
    does: 'is sent as a list',
    recipe: { extras: { character_ids: ['char_1', 'char_2'] } },
    sent: { character_ids: ['char_1', 'char_2'] },
  },
  {
    parameter: 'delete_video',
    kind: 'passthrough',
    does: 'is sent as a boolean',
    recipe: { extras: { delete_video: true } },
    sent: { delete_video: true },
  },
  {
    parameter: 'detect_and_block_ip',
    kind: 'passthrough',
    does: 'is sent as a boolean, false too',
    recipe: { extras: { detect_and_block_ip: false } },
    sent: { detect_and_block_ip: false },
  },
  {
    parameter: 'model',
    kind: 'passthrough',
    does: 'may be a snapshot, and is what the recipe says',
    recipe: { model: 'sora-2-2025-12-08', extras: { model: 'dear' } },
    sent: { model: 'sora-2-2025-12-08' },
  },
  {
    parameter: 'openai_api_key',
    kind: 'passthrough',
    does: "is the operator's, never a recipe's",
    recipe: { extras: { openai_api_key: 'sk-of-a-member' } },
    sent: { openai_api_key: openaiKey },
  },
  {
    parameter: 'unknown ones',
    kind: 'passthrough',
    does: 'is sent as it is',
    recipe: { extras: { seed: 7, negative_prompt: 'rain', metadata: { a: [1] } } },
    sent: { seed: 7, negative_prompt: 'rain', metadata: { a: [1] } },
  },
  {
    parameter: 'user and idempotency_key',
    kind: 'passthrough',
    does: "are the job's id, whatever an extra says",
    recipe: { extras: { user: 'x', idempotency_key: 'x', webhook_url: 'https://elsewhere' } },
    sent: { user: 'jabc-1', idempotency_key: 'jabc-1', webhook_url: absent },
  },
];

describe('a parameter of the page', () => {
  it.each(rows)('$parameter ($kind) $does', async (row) => {
    const { api, body } = await gatewayWith(taken, { cards: [sora], openaiKey });
    await api.submit({ ...order, ...row.order, recipe: { ...recipe, ...row.recipe } }, AbortSignal.timeout(5_000));
    for (const [name, value] of Object.entries(row.sent)) {
      if (value === absent) expect(body()).not.toHaveProperty([name]);
      else expect(body()[name]).toEqual(value);
    }
  });
});

describe('openai_api_key', () => {
  it.each([
    ['the model has no card', { cards: [] }],
    ['its card does not take one', { cards: [{ ...sora, extras: {} }] }],
    ['the operator has set none', { cards: [sora], openaiKey: undefined }],
    ['the operator has left it empty', { cards: [sora], openaiKey: '' }],
  ])('is not sent where %s', async (_why, options) => {
    const { api, body } = await gatewayWith(taken, { openaiKey, ...options });
    await api.submit({ ...order, recipe: { ...recipe, extras: { openai_api_key: 'x' } } }, AbortSignal.timeout(5_000));
    expect(body()).not.toHaveProperty('openai_api_key');
  });

  it('is sent for a snapshot too', async () => {
    const { api, body } = await gatewayWith(taken, { cards: [sora], openaiKey });
    await api.submit({ ...order, recipe: { ...recipe, model: 'sora-2-2025-10-06' } }, AbortSignal.timeout(5_000));
    expect(body().openai_api_key).toBe(openaiKey);
  });
});

describe('input_reference, in the form that the profile names', () => {
  const signal = AbortSignal.timeout(30_000);

  it('is a data URI, of the type that its bytes are', async () => {
    const { api, body } = await gatewayWith(taken);
    const jpeg = Uint8Array.of(0xff, 0xd8, 0xff, 0xe0);
    await api.submit({ ...order, picture: { name: 'boat.jpg', bytes: jpeg } }, signal);
    expect(body().input_reference).toEqual({ image_url: 'data:image/jpeg;base64,/9j/4A==' });
  });

  it('is a link of ours', async () => {
    const pictureLink = (name: string): string => `https://ours.example/media/${name}`;
    const { api, body } = await gatewayWith(taken, { profile: { picture: 'url' }, pictureLink });
    await api.submit(withPicture, signal);
    expect(body().input_reference).toEqual({ image_url: 'https://ours.example/media/boat.png' });
  });

  it('ends the job where links are wanted and none can be made, before anything is sent', async () => {
    const { api, server } = await gatewayWith(taken, { profile: { picture: 'url' } });
    await expect(api.submit(withPicture, signal)).rejects.toMatchObject({ reason: 'misconfigured' });
    expect(server.seen).toEqual([]);
  });

  it('is a file of a form, with its type, its name and a known length, and the other fields as text', async () => {
    const { api, server } = await gatewayWith(taken, { profile: { picture: 'multipart' } });
    const extras = { character_ids: ['char_1', 'char_2'], delete_video: true, metadata: { a: 1 }, nothing: null };
    await api.submit({ ...withPicture, recipe: { ...recipe, prompt: 'ein Boot, “groß”', extras } }, signal);
    const [seen] = server.seen;
    expect(seen?.headers).toMatchObject({ 'content-type': expect.stringMatching(/^multipart\/form-data; boundary=/) });
    expect(Number(seen?.headers['content-length'])).toBeGreaterThan(500);
    const form = await new Response(seen?.body, {
      headers: { 'content-type': seen?.headers['content-type'] ?? '' },
    }).formData();
    const file = form.get('input_reference') as File;
    expect([file.name, file.type]).toEqual(['boat.png', 'image/png']);
    form.delete('input_reference');
    expect([...form]).toEqual([
      ['character_ids[]', 'char_1'],
      ['character_ids[]', 'char_2'],
      ['delete_video', 'true'],
      ['metadata', '{"a":1}'],
      ['model', 'sora-2'],
      ['prompt', 'ein Boot, “groß”'],
      ['seconds', '8'],
      ['size', '1365x768'],
      ['user', 'jabc-1'],
      ['idempotency_key', 'jabc-1'],
    ]);
  });

  it('needs no form where there is no picture', async () => {
    const { api, server } = await gatewayWith(taken, { profile: { picture: 'multipart' } });
    await api.submit(order, signal);
    expect(server.seen[0]?.headers['content-type']).toBe('application/json');
  });
});
