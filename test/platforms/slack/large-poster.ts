/** Posts one film in a process of its own, and tells by how much the process grew meanwhile. */

import { answerOrders } from '../../support/large.ts';
import { type Large, postLarge } from '../../support/poster-large.ts';
import type { FakeSlack } from '../../support/slack/api.ts';
import { adapterOn } from './rig.ts';

export interface LargeOrder extends Large {
  fake: Pick<FakeSlack, 'api' | 'token' | 'appToken'>;
}

answerOrders(({ fake, ...large }: LargeOrder) => postLarge(adapterOn(fake).slack.poster, large));
