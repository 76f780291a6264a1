import { readFile, realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { CameraDevice, CameraSource } from '../ports/camera.js';
import type { CameraProbe } from './camera-source.js';

/** Drivers that make pictures by software, and USB controllers behind which no socket of this machine is. */
const VIRTUAL_DRIVERS = ['v4l2 loopback', 'v4l2loopback', 'vivid', 'vimc', 'vim2m'];
const VIRTUAL_PATHS = /\/devices\/virtual\/|\/(vhci_hcd|dummy_hcd|usbip-vudc|vivid|vimc)[.\d]/;

/** Which piece of hardware stands behind a source. Opens no camera. */
export class CameraDevices {
  readonly #probe: Pick<CameraProbe, 'run'>;
  readonly #root: string;

  /** @param parts root: where the file system begins; default `/` */
  constructor(parts: Pick<CameraProbe, 'run'> & { readonly root?: string }) {
    this.#probe = parts;
    this.#root = parts.root ?? '/';
  }

  /** The device; undefined where the machine does not say which one it is (network, pipeline, file, browser, stills). */
  async of(source: CameraSource): Promise<CameraDevice | undefined> {
    if (source.kind === 'rpicam') return this.sensor();
    if (source.kind !== 'device') return undefined;
    return this.v4l2(typeof source.device === 'number' ? `/dev/video${source.device}` : source.device);
  }

  /** A V4L2 device by its node or a link to it, as the kernel describes it under /sys. */
  async v4l2(path: string): Promise<CameraDevice | undefined> {
    const node = basename((await this.#real(path)) ?? path);
    if (!/^video\d+$/.test(node)) return undefined;
    const classPath = `/sys/class/video4linux/${node}`;
    const own = await this.#real(classPath);
    if (own === undefined) return undefined;
    const name = (await this.#text(`${classPath}/name`)) ?? 'unnamed';
    const parent = await this.#real(`${classPath}/device`);
    if (parent === undefined) return { busPath: basename(own), model: name, driver: 'none', virtual: true };
    const driverPath = await this.#real(`${parent}/driver`);
    const driver = driverPath === undefined ? 'none' : basename(driverPath);
    const virtual =
      VIRTUAL_PATHS.test(`${own}/`) || VIRTUAL_PATHS.test(`${parent}/`) || VIRTUAL_DRIVERS.includes(driver);
    const usb = await this.#usb(parent);
    if (usb !== undefined) return { ...usb, driver, virtual };
    return { busPath: `platform-${basename(parent)}`, model: name, driver, virtual };
  }

  /** The sensor that `rpicam-vid` takes: the first of the list. */
  async sensor(): Promise<CameraDevice | undefined> {
    for (const command of ['rpicam-hello', 'rpicam-vid']) {
      const listed = await this.#probe.run(command, ['--list-cameras']);
      // 0 : imx708 [4608x2592 10-bit RGGB] (/base/axi/pcie@120000/rp1/i2c@88000/imx708@1a)
      const first = /^\s*0\s*:\s*(\S+)\s.*\((\/[^)]+)\)\s*$/m.exec(listed ?? '');
      if (first === null) continue;
      const [, model = '', path = ''] = first;
      const busPath = path.split('/').slice(-2).join('/');
      // libcamera lists USB cameras too, and a virtual one where it was built with it.
      return { busPath, model, driver: 'libcamera', virtual: !/@/.test(busPath) };
    }
    return undefined;
  }

  /**
   * Socket and ids of a USB interface: `usb-` controller, ports from the controller on, interface. The interface tells
   * the infrared half of a camera from its colour half.
   */
  async #usb(parent: string): Promise<Pick<CameraDevice, 'busPath' | 'model'> | undefined> {
    const device = dirname(parent);
    const ports = /^\d+-([\d.]+)$/.exec(basename(device))?.[1];
    const vendor = await this.#text(`${device}/idVendor`);
    const product = await this.#text(`${device}/idProduct`);
    if (ports === undefined || vendor === undefined || product === undefined) return undefined;
    // Bus numbers change from start to start; the controller above `usbN` does not.
    const above = device.split('/');
    const bus = above.findIndex((part) => /^usb\d+$/.test(part));
    if (bus < 1) return undefined;
    const face = /:([\d.]+)$/.exec(basename(parent))?.[1] ?? '0';
    return { busPath: `usb-${above[bus - 1]}-${ports}:${face}`, model: `${vendor}:${product}` };
  }

  /** Absolute path without links, seen from the root; undefined where there is nothing. */
  async #real(path: string): Promise<string | undefined> {
    const root = this.#root === '/' ? '' : await realpath(this.#root);
    return realpath(join(this.#root, path)).then(
      (real) => real.slice(root.length),
      () => undefined,
    );
  }

  async #text(path: string): Promise<string | undefined> {
    return readFile(join(this.#root, path), 'utf8').then(
      (text) => (text.trim() === '' ? undefined : text.trim()),
      () => undefined,
    );
  }
}
