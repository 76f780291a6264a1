import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Config } from './config/schema.js';
import { type FaultCode, toError, VestibuleError } from './domain/errors.js';
import { policyOf } from './domain/policy-written.js';
import { createHttpServer } from './http/server.js';
import { type BusSide, composeBusSide } from './kiosk-bus.js';
import { cameraDesk, startCameraPin } from './kiosk-camera-pin.js';
import { DemoEnrolment } from './kiosk-demo.js';
import { httpParts } from './kiosk-http.js';
import { lanSettings } from './kiosk-lan.js';
import { Lifecycle } from './kiosk-lifecycle.js';
import { composeLogin, type Login } from './kiosk-login.js';
import { joinLogin } from './kiosk-login-joints.js';
import type { MessengerSecrets } from './kiosk-messengers.js';
import { composeRecognition, type Recognition } from './kiosk-recognition.js';
import { reportVision, StatusReporter } from './kiosk-reports.js';
import { Retention } from './kiosk-retention.js';
import { openRooms, type Rooms } from './kiosk-rooms.js';
import { kioskFacts, kioskStatus, type LastError, type StatusSources } from './kiosk-status.js';
import { chooseCamera, demoConfig, visionSettings, warnOfFaceAlone } from './kiosk-vision.js';
import { KioskWatch } from './kiosk-watch.js';
import type { Log } from './log/logger.js';
import { removeDemoPeople } from './people/demo-people.js';
import type { VisionClient } from './vision/client.js';

const packageFile = new URL('../package.json', import.meta.url);
const uiDirectory = fileURLToPath(new URL('./ui/', import.meta.url));

export interface KioskOptions {
  readonly config: Config;
  readonly log: Log;
  readonly mqttPassword?: string | undefined;
  /** Secrets of the ways to get a code. */
  readonly messengerSecrets?: MessengerSecrets;
  /** Folder of systemd credentials. */
  readonly credentialsDirectory?: string | undefined;
}

/** Addresses of a running kiosk, for the installer's terminal. */
export interface KioskAddresses {
  readonly url: string;
  readonly brokerUrl?: string;
  readonly embeddedBroker: boolean;
  /** One address of the listener for other browsers. */
  readonly lanUrl?: string;
}

/** One kiosk: every room of the daemon composed, started in order and stopped in reverse. */
export class Kiosk {
  readonly #options: KioskOptions;
  readonly #lifecycle = new Lifecycle();
  #config: Config;
  #rooms: Rooms | undefined;
  #recognition: Recognition | undefined;
  #login: Login | undefined;
  #busSide: BusSide | undefined;
  #lastError: LastError | undefined;
  #stopping = false;

  constructor(options: KioskOptions) {
    this.#options = options;
    this.#config = options.config;
  }

  /** The vision process of a started kiosk. */
  get vision(): VisionClient | undefined {
    return this.#recognition?.vision;
  }

  /** The rooms of a started kiosk that only need the disk. */
  get rooms(): Rooms | undefined {
    return this.#rooms;
  }

  /** The login terminal of a started kiosk. */
  get login(): Login | undefined {
    return this.#login;
  }

  /** Starts everything. Throws the fault of the part that did not start; what had started is stopped again. */
  async start(): Promise<KioskAddresses> {
    try {
      return await this.#start();
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** Stops in reverse; safe after a failed start and twice. */
  async stop(): Promise<void> {
    if (this.#stopping) return;
    this.#stopping = true;
    await this.#rooms?.system.notify('stopping');
    for (const { name, error } of await this.#lifecycle.stop()) {
      this.#options.log.error('A part did not stop cleanly', { part: name, error });
    }
  }

  async #start(): Promise<KioskAddresses> {
    const { log, credentialsDirectory } = this.#options;
    const source = await chooseCamera(this.#config, log);
    if (source.kind === 'demo') this.#config = demoConfig(this.#config);
    const config = this.#config;
    const lifecycle = this.#lifecycle;
    const onFault = (code: FaultCode, message: string): void => this.#fault(code, message);
    const rooms = await openRooms({ config, log, credentialsDirectory, lifecycle, onFault });
    this.#rooms = rooms;
    const { clock, system, admin, store } = rooms;

    if (source.kind !== 'demo' && (await removeDemoPeople(rooms)) > 0)
      log.info('The invented people of the demo were removed: this kiosk has a camera of its own now');
    const settings = await visionSettings(config, source, rooms.templates);
    const policy = policyOf(config.policy);
    warnOfFaceAlone(policy, source, log);
    const faulty = (error: Error): void =>
      this.#fault(error instanceof VestibuleError ? error.code : 'storage_failed', error.message);
    const login = (): Login | undefined => this.#login;
    const recognition = composeRecognition({ rooms, config, settings, log, policy, login, onFault: faulty });
    this.#recognition = recognition;
    const { vision, flow, enrolments, enrolment } = recognition;
    const cameraPin = await startCameraPin({
      rooms,
      vision,
      config,
      policy,
      lifecycle,
      log,
      onFault: faulty,
      onTamper: () => this.#busSide?.messaging.alarm('tamper'),
    });
    const terminal = await composeLogin({
      ...recognition,
      rooms,
      config,
      settings,
      policy,
      secrets: this.#options.messengerSecrets ?? {},
      demo: source.kind === 'demo',
      cameraStanding: () => cameraPin.standing(),
      lifecycle,
      onFault,
      log,
    });
    this.#login = terminal;
    const systemEvent: BusSide['messaging']['systemEvent'] = (type, detail) =>
      this.#busSide?.messaging.systemEvent(type, detail);
    const changed = (): void => this.#busSide?.messaging.healthChanged();
    const watch = new KioskWatch({
      clock,
      system,
      stateDirectory: config.stateDirectory,
      // A disk that is full or read-only is no better after a restart; the page has to go on saying so.
      healthy: () => vision.status().process !== 'stopped',
      systemEvent,
      changed,
    });
    const sources = this.#statusSources(rooms, recognition, watch);
    const status = () => kioskStatus(sources);
    const reporter = new StatusReporter({ clock, status });

    const http = createHttpServer(
      httpParts({
        ...rooms,
        config,
        flow,
        vision,
        enrolment,
        camera: cameraDesk(cameraPin, log),
        login: terminal.parts,
        status,
        onStatus: (listener) => reporter.onStatus(listener),
        log: log.child('http'),
      }),
      { ...config.http, uiDirectory, ...lanSettings(config, clock) },
    );
    const { url, lanUrl } = await lifecycle.start(
      'page',
      () => http.start(),
      () => http.stop(),
    );
    // Only the command line needs it: on a full disk the page must come all the same.
    await admin
      .publishAddress(url)
      .catch((error: unknown) =>
        this.#fault('storage_failed', `control.json was not written: ${toError(error).message}`),
      );
    if (config.mqtt.enabled) await this.#startBusSide(rooms, sources);
    joinLogin(terminal, recognition, clock, () => this.#busSide?.messaging);
    store.onAlarm((alarm) => {
      if (alarm.kind !== 'temp_file_removed') systemEvent('file_recovered', { file: alarm.file });
    });

    flow.start();
    await lifecycle.start(
      'watch',
      () => watch.start(),
      () => watch.stop(),
    );
    reportVision(vision, systemEvent, changed);
    await lifecycle.start(
      'vision',
      () => vision.start(),
      () => vision.stop(),
    );
    await lifecycle.start(
      'attend',
      () => {},
      async () => {
        enrolments.stop();
        await flow.stop();
      },
    );
    await lifecycle.start(
      'status',
      () => reporter.start(),
      () => reporter.stop(),
    );
    const retention = new Retention(rooms, config, log);
    await lifecycle.start(
      'retention',
      () => retention.start(),
      () => retention.stop(),
    );
    if (settings.source.kind === 'demo') {
      const demo = new DemoEnrolment({ vision, enrolments, people: rooms.people, log });
      await lifecycle.start(
        'demo',
        () => demo.start(),
        () => demo.stop(),
      );
    }
    await system.notify('ready');
    const side = this.#busSide;
    return {
      url,
      ...(lanUrl !== undefined && { lanUrl }),
      embeddedBroker: side?.broker !== undefined,
      ...(side !== undefined && { brokerUrl: side.brokerUrl }),
    };
  }

  #statusSources(rooms: Rooms, recognition: Recognition, watch: KioskWatch): StatusSources {
    const { version } = JSON.parse(readFileSync(packageFile, 'utf8')) as { version: string };
    return {
      config: this.#config,
      version,
      clock: rooms.clock,
      system: rooms.system,
      startedAt: rooms.clock.mono(),
      vision: () => recognition.vision.status(),
      identification: () => recognition.flow.status(),
      outbox: () => this.#busSide?.outbox.status(),
      messaging: () => this.#busSide?.messaging.status(),
      alarms: () => rooms.store.alarms(),
      disk: () => watch.disk(),
      lastError: () => this.#lastError,
      enrolmentAllowed: recognition.openToAll,
    };
  }

  async #startBusSide(rooms: Rooms, sources: StatusSources): Promise<void> {
    const { log, mqttPassword } = this.#options;
    const config = this.#config;
    const side = await composeBusSide({
      ...rooms,
      config,
      password: mqttPassword,
      log: log.child('mqtt'),
      facts: () => kioskFacts(sources),
    });
    this.#busSide = side;
    const lifecycle = this.#lifecycle;
    await lifecycle.start(
      'broker',
      () => {},
      () => side.broker?.stop(),
    );
    await lifecycle.start(
      'outbox',
      () => side.outbox.start(),
      () => side.outbox.stop(),
    );
    await lifecycle.start(
      'messaging',
      () => side.messaging.start(),
      () => side.messaging.stop(),
    );
  }

  #fault(code: FaultCode, message: string): void {
    this.#lastError = { code, at: this.#rooms?.clock.now() ?? 0 };
    this.#options.log.error(message, { code });
  }
}
