import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectAsync, type MqttClient } from 'mqtt';
import { type ApiAnswer, ApiClient } from './api-client.js';
import { Daemon, vestibule } from './daemon.js';
import { MailServer } from './mail-server.js';
import { freePort, type Mosquitto, startMosquitto } from './mosquitto.js';
import { ACCOUNT_SID, AUTH_TOKEN, SENDER, SERVICE_SID, TwilioDouble } from './twilio-double.js';

export const SMTP_PASSWORD = 'smtpcanary-Ruby-Thicket-73';
export const MQTT_PASSWORD = 'mqttcanary-Amber-Quarry-58';
/** Name by which other machines ask the kiosk. */
const REMOTE_NAME = 'kiosk.test';

/** A refusal as it went out. */
export interface SeenAnswer {
  readonly route: string;
  readonly status: number;
  readonly text: string;
}

/**
 * The built daemon with a broker, a Twilio and a mail server of its own, all of which keep what they get; it logs at
 * `trace`. Nothing that it writes, sends or answers is lost.
 */
export class WatchedKiosk {
  readonly folder = mkdtempSync(join(tmpdir(), 'vestibule-abuse-'));
  readonly state = join(this.folder, 'state');
  readonly configFile = join(this.folder, 'vestibule.yaml');
  readonly twilio = new TwilioDouble();
  readonly mail = new MailServer({ account: { user: 'kiosk', password: SMTP_PASSWORD } });
  /** Every answer of the API. */
  readonly answers: SeenAnswer[] = [];
  /** Every message at the broker: topic, payload, properties. */
  readonly messages: string[] = [];
  /** The state directory is a file system of its own, which can be filled up. */
  isSmallDisk = false;
  #broker: Mosquitto | undefined;
  #subscriber: MqttClient | undefined;
  #daemon: Daemon | undefined;
  #url = '';

  get url(): string {
    return this.#url;
  }

  get daemon(): Daemon {
    if (this.#daemon === undefined) throw new Error('the kiosk was not started');
    return this.#daemon;
  }

  get broker(): Mosquitto {
    if (this.#broker === undefined) throw new Error('the kiosk was not started');
    return this.#broker;
  }

  /** @param env of the daemon */
  async start(env: NodeJS.ProcessEnv = {}): Promise<void> {
    mkdirSync(this.state);
    this.isSmallDisk = mounted(this.state);
    await this.twilio.start();
    await this.mail.start();
    this.#broker = await startMosquitto({ persistence: true });
    const port = await freePort();
    this.#url = `http://127.0.0.1:${port}`;
    writeFileSync(
      this.configFile,
      [
        'site: { id: hq, name: Head office }',
        'kiosk: { id: lobby-1, name: Lobby }',
        'zone: Europe/Berlin',
        `stateDirectory: ${this.state}`,
        'camera: { source: browser }',
        'log: { level: trace }',
        'attendance: { direction: alternate, duplicateIntervalSeconds: 0 }',
        `mqtt: { url: "${this.broker.url}", username: kiosk }`,
        `http: { port: ${port}, origins: ["http://${REMOTE_NAME}:${port}"] }`,
        'registration: { open: true, remote: true }',
        'policy:',
        '  attend: [[face], [badge], [pin]]',
        '  login: [[password, otp], [badge, pin, otp]]',
        '  admin: [[password, otp]]',
        'otp: { channels: [twilio-verify-sms, twilio-sms, email, totp, recovery], digits: 8, countries: ["+49"] }',
        `twilio: { accountSid: ${ACCOUNT_SID}, verifyServiceSid: ${SERVICE_SID}, from: "${SENDER}", baseUrl: "${this.twilio.url}" }`,
        `smtp: { host: 127.0.0.1, port: ${this.mail.port}, username: kiosk, from: kiosk@vestibule.test, allowPlain: true }`,
      ].join('\n'),
    );
    await vestibule(['models', 'pull', 'core', '--state', this.state]);
    this.#subscriber = await connectAsync(this.broker.url, {
      clientId: 'watcher',
      clean: false,
      protocolVersion: 5,
      reconnectPeriod: 200,
      properties: { sessionExpiryInterval: 600 },
    });
    this.#subscriber.on('error', () => {});
    this.#subscriber.on('message', (topic, payload, { properties }) => {
      this.messages.push(`${topic} ${payload.toString('utf8')} ${JSON.stringify(properties ?? {})}`);
    });
    await this.#subscriber.subscribeAsync('#', { qos: 1 });
    this.#daemon = new Daemon(this.configFile, {
      VESTIBULE_TWILIO_AUTH_TOKEN: AUTH_TOKEN,
      VESTIBULE_SMTP_PASSWORD: SMTP_PASSWORD,
      VESTIBULE_MQTT_PASSWORD: MQTT_PASSWORD,
      ...env,
    });
    await this.daemon.start(this.url);
  }

  /** A page on the kiosk itself, or of another machine. */
  client(from: 'kiosk' | 'elsewhere'): ApiClient {
    const onAnswer = ({ status, text, headers }: ApiAnswer, route: string): void => {
      this.answers.push({ route, status, text: `${text} ${JSON.stringify({ ...headers, 'set-cookie': undefined })}` });
    };
    const host = from === 'elsewhere' ? { host: `${REMOTE_NAME}:${new URL(this.url).port}` } : {};
    return new ApiClient({ url: this.url, ...host, onAnswer });
  }

  get adminCode(): string {
    return readFileSync(join(this.state, 'admin.code'), 'utf8').trim();
  }

  /** Lines of the log, the last one whole. */
  log(from = 0): readonly string[] {
    return this.daemon.output.slice(from).split('\n').slice(0, -1);
  }

  async stop(): Promise<void> {
    await this.#daemon?.end('SIGTERM');
    await this.#subscriber?.endAsync(true).catch(() => {});
    await this.#broker?.close();
    await this.twilio.stop();
    await this.mail.stop();
    if (this.isSmallDisk) execFileSync('umount', [this.state]);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A small file system in memory in place of a folder; false where that is not allowed. */
function mounted(folder: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=48m', 'tmpfs', folder], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
