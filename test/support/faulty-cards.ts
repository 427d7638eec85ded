import type { ModelCard } from '../../src/domain/model.ts';

/** A model by the gateway's page, for gateways that stand in for the real one. */
export const sora2: ModelCard = {
  ...{ id: 'sora-2', snapshots: ['sora-2-2025-12-08'], label: 'Sora 2', weight: 1, money: 0.1, promptMax: 32_000 },
  ...{ seconds: [4, 8, 12, 16, 20], defaultSeconds: 4, image: 'first_frame', extras: {} },
  ...{ repeatWithin: 600, usual: 100, deadline: 1800, reconcileFor: 86_400 },
  sizes: [
    { size: '1365x768', shape: '16:9', resolution: '1K' },
    { size: '768x1365', shape: '9:16', resolution: '1K' },
  ],
};
