import { Identification } from '../../auth/identification.js';
import { VestibuleError } from '../../domain/errors.js';
import { curvesOf } from '../../packs/calibration.js';
import { openLocalKiosk } from '../local-kiosk.js';
import { stillVision } from '../still-vision.js';
import { type Check, fail, ok } from './finding.js';

/** Only the number of people and the pinned pack are asked: no picture is analysed. */
const NO_PICTURES = stillVision({
  still: () => Promise.reject(new VestibuleError('pack_missing', 'This check analyses no pictures.')),
});

/** Whether people can be told apart among all who are enrolled. */
export const peopleCheck: Check = {
  name: 'people',
  run: async ({ config }) => {
    const kiosk = await openLocalKiosk(config, 'read');
    try {
      const { recognition } = config;
      const { identification, gallery, reason } = new Identification({
        ...kiosk,
        vision: NO_PICTURES,
        curvesOf: (id) => curvesOf(id),
        recognition,
      }).status();
      if (identification === 'empty') return [ok('nobody is enrolled yet')];
      if (identification === 'ready') return [ok(`${gallery} ${gallery === 1 ? 'person' : 'people'} enrolled`)];
      return [
        fail(
          `nobody is recognised. ${reason ?? ''}`.trim(),
          'Do what the sentence says, then start the kiosk again; docs/thresholds.md explains it.',
        ),
      ];
    } finally {
      await kiosk.close();
    }
  },
};
