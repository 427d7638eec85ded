import type { ModelCard } from '../domain/model.ts';

const sora2: ModelCard = {
  id: 'sora-2',
  label: 'Sora 2',
  seconds: [4, 8, 12, 16, 20],
  defaultSeconds: 4,
  sizes: [
    { size: '1365x768', shape: '16:9', resolution: '1K' },
    { size: '768x1365', shape: '9:16', resolution: '1K' },
  ],
  weight: 1,
  promptMax: 32_000,
  image: 'first_frame',
  repeatWithin: 0,
  deadline: 1_800,
  reconcileFor: 86_400,
};

/** The models of a real gateway, by its own page. What it promises about repeated keys is a setting, never a guess. */
export const defaultCards: readonly ModelCard[] = [sora2];

const sandboxPromise = { repeatWithin: 600 };

/** The models of the sandbox gateway, which keeps its keys for ten minutes. */
export const sandboxCards: readonly ModelCard[] = [
  { ...sora2, ...sandboxPromise },
  {
    ...sora2,
    ...sandboxPromise,
    id: 'sandbox-mini',
    label: 'Sandbox mini',
    seconds: [2, 4, 8],
    weight: 0.5,
    sizes: [
      { size: '854x480', shape: '16:9', resolution: '0.5K' },
      { size: '480x854', shape: '9:16', resolution: '0.5K' },
      { size: '480x480', shape: '1:1', resolution: '0.5K' },
    ],
  },
];
