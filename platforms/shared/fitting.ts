import { TransientError } from '../../src/domain/errors.ts';
import type { Fitting } from '../../src/ports.ts';

/** Films that are made smaller or wait for it, for one chat of a process; and milliseconds after which another one comes again. */
const most = 2;
const again = 15_000;

/**
 * Making films smaller takes minutes: beyond two they are sent away for a while, with a {@link TransientError}, and leave their places to
 * films that need none.
 */
export function twoAtOnce(fitting: Fitting): Fitting {
  let underWay = 0;
  return {
    async fit(asset, bytes, signal) {
      if (underWay >= most) {
        throw new TransientError('other films are being made smaller', { retryAfter: again, waits: true });
      }
      underWay += 1;
      try {
        return await fitting.fit(asset, bytes, signal);
      } finally {
        underWay -= 1;
      }
    },
  };
}
