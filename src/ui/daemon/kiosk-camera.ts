import type { OwnCamera } from './own-camera.js';

/** A picture must come within this time, or there is none. */
const FIRST_PICTURE_MS = 5000;

/** Pictures of the kiosk's camera from its live view: the daemon holds the camera, so this browser cannot open it. */
export interface FeedCamera extends Omit<OwnCamera, 'stream'> {
  /** Already plays the live view. */
  readonly picture: HTMLImageElement;
}

/** Opens the live view. Rejects where there is none (another browser, no camera). */
export async function openKioskCamera(): Promise<FeedCamera> {
  const picture = new Image();
  picture.src = `/video_feed?n=${Date.now()}`;
  const until = performance.now() + FIRST_PICTURE_MS;
  while (picture.naturalWidth === 0) {
    if (performance.now() > until) {
      picture.removeAttribute('src');
      throw new Error('no live view');
    }
    await new Promise((resolve) => window.setTimeout(resolve, 50));
  }
  const canvas = document.createElement('canvas');
  return {
    picture,
    jpeg() {
      canvas.width = picture.naturalWidth;
      canvas.height = picture.naturalHeight;
      canvas.getContext('2d')?.drawImage(picture, 0, 0);
      return new Promise((resolve) => canvas.toBlob((blob) => resolve(blob ?? undefined), 'image/jpeg', 0.95));
    },
    close() {
      // The stream ends with its address.
      picture.removeAttribute('src');
      picture.remove();
    },
  };
}
