import { describe, expect, it } from 'vitest';
import { SystemCameraProbe } from '../../src/adapters/camera-probe.js';
import { type CameraProbe, type CameraWish, resolveSource } from '../../src/adapters/camera-source.js';
import { redactSource } from '../../src/adapters/redact-source.js';

/** A machine made of files and programs. */
function machine(
  files: Readonly<Record<string, string>>,
  programs: Readonly<Record<string, string>> = {},
): CameraProbe {
  return {
    list: async (directory) =>
      Object.keys(files)
        .filter((file) => file.startsWith(`${directory}/`) && !file.slice(directory.length + 1).includes('/'))
        .map((file) => file.slice(directory.length + 1))
        .sort(),
    text: async (file) => files[file],
    run: async (command) => programs[command],
  };
}
const wish = (source: string | number): CameraWish => ({ source, filePace: 'own', fileLoop: true });
const video = (index: number, name: string, node = '0'): Record<string, string> => ({
  [`/dev/video${index}`]: '',
  [`/sys/class/video4linux/video${index}/name`]: name,
  [`/sys/class/video4linux/video${index}/index`]: node,
});

describe('auto', () => {
  it('takes the first USB camera by its path', async () => {
    const usb = '/dev/v4l/by-path/platform-fd500000.pcie-usb-0:1.2:1.0-video-index0';
    const { source, reason } = await resolveSource(wish('auto'), machine({ ...video(0, 'C920'), [usb]: '' }));
    expect(source).toEqual({ kind: 'device', device: usb });
    expect(reason).toContain(usb);
  });

  it('takes the lowest capture device and passes over codecs and metadata nodes', async () => {
    const files = {
      ...video(10, 'bcm2835-codec-decode'),
      ...video(12, 'bcm2835-isp'),
      ...video(3, 'UVC metadata', '1'),
      ...video(20, 'rp1-cfe-csi2'),
      ...video(21, 'HD Webcam'),
    };
    const { source } = await resolveSource(wish('auto'), machine(files));
    expect(source).toEqual({ kind: 'device', device: '/dev/video21' });
  });

  it('takes a Raspberry Pi camera that rpicam lists', async () => {
    const listed = 'Available cameras\n-----------------\n0 : imx708 [4608x2592 10-bit RGGB] (/base/soc/i2c0mux)\n';
    const { source, reason } = await resolveSource(wish('auto'), machine({}, { 'rpicam-hello': listed }));
    expect(source).toEqual({ kind: 'rpicam' });
    expect(reason).toContain('imx708');
  });

  it('runs the demo where nothing is found, and says so', async () => {
    const { source, reason } = await resolveSource(
      wish('auto'),
      machine(video(0, 'unicam'), { 'rpicam-hello': 'No cameras available!\n' }),
    );
    expect(source).toEqual({ kind: 'demo' });
    expect(reason).toContain('No camera was found');
  });
});

describe('a named source', () => {
  it.each([
    [0, { kind: 'device', device: 0 }],
    ['2', { kind: 'device', device: 2 }],
    ['/dev/video4', { kind: 'device', device: '/dev/video4' }],
    ['rtsp://cam/live', { kind: 'url', url: 'rtsp://cam/live' }],
    ['https://cam/video', { kind: 'url', url: 'https://cam/video' }],
    ['file:clip.mp4', { kind: 'file', path: 'clip.mp4', pace: 'own', loop: true }],
    ['file:///srv/clip.mp4', { kind: 'file', path: '/srv/clip.mp4', pace: 'own', loop: true }],
    ['clips/a.mp4', { kind: 'file', path: 'clips/a.mp4', pace: 'own', loop: true }],
    ['gst:videotestsrc ! appsink', { kind: 'gstreamer', pipeline: 'videotestsrc ! appsink' }],
    ['demo', { kind: 'demo' }],
    ['browser', { kind: 'browser' }],
    ['rpicam', { kind: 'rpicam' }],
    ['raspistill', { kind: 'raspistill' }],
    ['none', { kind: 'none' }],
  ])('%s', async (source, expected) => {
    expect((await resolveSource(wish(source), machine({}))).source).toEqual(expected);
  });

  it('is shown without its credentials', async () => {
    const { reason } = await resolveSource(wish('rtsp://admin:p%40ss@10.0.0.9/live'), machine({}));
    expect(reason).toContain('rtsp://10.0.0.9/live');
    expect(reason).not.toContain('p%40ss');
    expect(redactSource('rtspsrc location=rtsp://a:b@cam/x user-id=me user-pw="s ecret" ! appsink')).not.toMatch(
      /a:b|me\b|ecret/,
    );
  });
});

describe('the probe of this machine', () => {
  it('answers for what does not exist', async () => {
    const probe = new SystemCameraProbe();
    expect(await probe.list('/no/such/directory')).toEqual([]);
    expect(await probe.text('/no/such/file')).toBeUndefined();
    expect(await probe.run('no-such-program', [])).toBeUndefined();
  });
});
