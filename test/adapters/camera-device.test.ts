import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CameraDevices } from '../../src/adapters/camera-device.js';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'vestibule-sysfs-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const devices = (listed?: string) => new CameraDevices({ root, run: async () => listed });

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), `${text}\n`);
}

/** Links as the kernel makes them: relative. */
async function link(from: string, to: string): Promise<void> {
  await mkdir(dirname(join(root, from)), { recursive: true });
  await mkdir(join(root, to), { recursive: true });
  await symlink(relative(dirname(join(root, from)), join(root, to)), join(root, from));
}

async function v4l2(node: string, own: string, name: string): Promise<void> {
  await write(`${own}/name`, name);
  await link(`/sys/class/video4linux/${node}`, own);
  await write(`/dev/${node}`, '');
}

const CONTROLLER = '/sys/devices/platform/scb/fd500000.pcie/pci0000:00/0000:00:00.0/0000:01:00.0';

async function usbCamera(
  node: string,
  { bus = 1, ports = '1.3', face = '1.0', product = '0825', driver = 'uvcvideo', controller = CONTROLLER } = {},
): Promise<void> {
  const device = `${controller}/usb${bus}/${bus}-1/${bus}-${ports}`;
  const parent = `${device}/${bus}-${ports}:${face}`;
  await write(`${device}/idVendor`, '046d');
  await write(`${device}/idProduct`, product);
  await v4l2(node, `${parent}/video4linux/${node}`, 'HD Camera: HD Camera');
  await link(`${parent}/driver`, `/sys/bus/usb/drivers/${driver}`);
  await link(`${parent}/video4linux/${node}/device`, parent);
}

describe('hardware behind a camera', () => {
  it('names socket, ids and driver of a USB camera, the same after the buses were counted anew', async () => {
    const expected = {
      busPath: 'usb-0000:01:00.0-1.3:1.0',
      model: '046d:0825',
      driver: 'uvcvideo',
      virtual: false,
    };
    await usbCamera('video0');
    expect(await devices().of({ kind: 'device', device: 0 })).toEqual(expected);
    await usbCamera('video7', { bus: 3 });
    expect(await devices().of({ kind: 'device', device: '/dev/video7' })).toEqual(expected);
  });

  it('follows names by path', async () => {
    await usbCamera('video2');
    await mkdir(join(root, '/dev/v4l/by-path'), { recursive: true });
    await symlink('../../video2', join(root, '/dev/v4l/by-path/pci-0000:01:00.0-usb-0:1.3:1.0-video-index0'));
    const path = '/dev/v4l/by-path/pci-0000:01:00.0-usb-0:1.3:1.0-video-index0';
    expect(await devices().of({ kind: 'device', device: path })).toMatchObject({ model: '046d:0825' });
  });

  it('tells another model, another socket and another interface from the first', async () => {
    await usbCamera('video0');
    await usbCamera('video1', { product: '0826', ports: '1.3', bus: 2 });
    await usbCamera('video2', { ports: '1.4' });
    await usbCamera('video3', { face: '1.2' });
    const found = await Promise.all([0, 1, 2, 3].map((device) => devices().of({ kind: 'device', device })));
    expect(new Set(found.map((one) => JSON.stringify(one))).size).toBe(4);
    expect(found.every((one) => one?.virtual === false)).toBe(true);
  });

  it('knows devices made by software', async () => {
    await v4l2('video10', '/sys/devices/virtual/video4linux/video10', 'Dummy video device (0x0000)');
    expect(await devices().v4l2('/dev/video10')).toMatchObject({ virtual: true });
    await v4l2('video11', '/sys/devices/platform/vivid.0/video4linux/video11', 'vivid-000-vid-cap');
    await link('/sys/devices/platform/vivid.0/video4linux/video11/device', '/sys/devices/platform/vivid.0');
    await link('/sys/devices/platform/vivid.0/driver', '/sys/bus/platform/drivers/vivid');
    expect(await devices().v4l2('/dev/video11')).toMatchObject({ driver: 'vivid', virtual: true });
    // A USB camera of another machine, brought in over the network.
    await usbCamera('video12', { controller: '/sys/devices/platform/vhci_hcd.0' });
    expect(await devices().v4l2('/dev/video12')).toMatchObject({ virtual: true });
  });

  it('names a sensor on the CSI bus', async () => {
    const parent = '/sys/devices/platform/soc/fe801000.csi';
    await v4l2('video0', `${parent}/video4linux/video0`, 'unicam-image');
    await link(`${parent}/video4linux/video0/device`, parent);
    await link(`${parent}/driver`, '/sys/bus/platform/drivers/unicam');
    expect(await devices().v4l2('/dev/video0')).toEqual({
      busPath: 'platform-fe801000.csi',
      model: 'unicam-image',
      driver: 'unicam',
      virtual: false,
    });
  });

  it('reads the first sensor of rpicam', async () => {
    const listed = `Available cameras
-----------------
0 : imx708 [4608x2592 10-bit RGGB] (/base/axi/pcie@120000/rp1/i2c@88000/imx708@1a)
    Modes: 'SRGGB10_CSI2P' : 1536x864 [120.13 fps - (768, 432)/3072x1728 crop]
1 : ov5647 [2592x1944 10-bit GBRG] (/base/axi/pcie@120000/rp1/i2c@80000/ov5647@36)
`;
    expect(await devices(listed).of({ kind: 'rpicam' })).toEqual({
      busPath: 'i2c@88000/imx708@1a',
      model: 'imx708',
      driver: 'libcamera',
      virtual: false,
    });
    expect(await devices('No cameras available!').of({ kind: 'rpicam' })).toBeUndefined();
    expect(await devices(undefined).of({ kind: 'rpicam' })).toBeUndefined();
  });

  it('says nothing about what is no device of this machine', async () => {
    expect(await devices().of({ kind: 'url', url: 'rtsp://camera/1' })).toBeUndefined();
    expect(await devices().of({ kind: 'gstreamer', pipeline: 'v4l2src' })).toBeUndefined();
    expect(await devices().of({ kind: 'file', path: 'a.mp4', pace: 'own', loop: false })).toBeUndefined();
    expect(await devices().of({ kind: 'browser' })).toBeUndefined();
    expect(await devices().of({ kind: 'demo' })).toBeUndefined();
    expect(await devices().of({ kind: 'device', device: 4 })).toBeUndefined();
    expect(await devices().of({ kind: 'device', device: '/dev/null' })).toBeUndefined();
  });
});
