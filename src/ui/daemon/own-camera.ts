/** The camera of this device as a stream of JPEGs. */
export interface OwnCamera {
  readonly stream: MediaStream;
  /** One JPEG of the present picture, or undefined before the first one. */
  jpeg(): Promise<Blob | undefined>;
  close(): void;
}

/** Opens the camera of this device. Rejects when there is none, it is busy, or it was not allowed. */
export async function openOwnCamera(): Promise<OwnCamera> {
  const stream = await navigator.mediaDevices.getUserMedia({
    video: { width: { ideal: 640 }, height: { ideal: 480 }, facingMode: 'user' },
    audio: false,
  });
  const video = document.createElement('video');
  video.muted = true;
  video.playsInline = true;
  video.srcObject = stream;
  await video.play();
  const canvas = document.createElement('canvas');
  return {
    stream,
    async jpeg() {
      if (video.videoWidth === 0) return undefined;
      canvas.width = video.videoWidth;
      canvas.height = video.videoHeight;
      canvas.getContext('2d')?.drawImage(video, 0, 0);
      return new Promise((resolve) => canvas.toBlob((blob) => resolve(blob ?? undefined), 'image/jpeg', 0.9));
    },
    close() {
      for (const track of stream.getTracks()) track.stop();
      video.srcObject = null;
    },
  };
}

const wait = (ms: number) => new Promise<void>((resolve) => window.setTimeout(resolve, ms));

/** Sends about ten pictures a second, one at a time so that none waits. The returned function ends it. */
export function sendFrames(camera: OwnCamera): () => void {
  let running = true;
  const loop = async () => {
    while (running) {
      const begun = performance.now();
      const image = await camera.jpeg();
      if (image !== undefined) {
        await fetch('/api/v1/camera/frames', {
          method: 'POST',
          headers: { 'Content-Type': 'image/jpeg' },
          body: image,
        }).catch(() => wait(1000));
      }
      await wait(Math.max(10, 100 - (performance.now() - begun)));
    }
  };
  void loop();
  return () => {
    running = false;
    camera.close();
  };
}
