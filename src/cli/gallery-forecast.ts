import type { Config } from '../config/schema.js';
import { chooseThreshold } from '../domain/threshold.js';
import { curvesOf } from '../packs/calibration.js';
import { openLocalKiosk, packInUse } from './local-kiosk.js';

/** Photographs of a template in the forecast: what the documents advise. */
const PHOTOS = 3;

/**
 * Whether people can still be told apart among all after `newcomers` more were enrolled; asked before an import, because
 * one person too many ends the recognition of everybody.
 * @returns the reason why not, as a sentence, or undefined
 */
export async function galleryForecast(config: Config, newcomers: number): Promise<string | undefined> {
  const kiosk = await openLocalKiosk(config, 'read');
  try {
    const pack = await packInUse(config, kiosk);
    const { verificationFmr, identificationFpir } = config.recognition;
    const choice = chooseThreshold({
      curves: curvesOf(pack),
      photos: PHOTOS,
      mode: '1:N',
      gallery: kiosk.people.list().length + newcomers,
      verificationFmr,
      identificationFpir,
    });
    return choice.kind === 'refused' ? choice.reason : undefined;
  } finally {
    await kiosk.close();
  }
}
