import type Sdk from 'twilio';
import type SdkRequestClient from 'twilio/lib/base/RequestClient.js';
import { VestibuleError } from '../domain/errors.js';
import type { Clock } from '../ports/clock.js';
import { isLoopbackHost } from './loopback.js';
import { failed, retryAfterMs, type TwilioFailure, twilioFailure } from './twilio-faults.js';

type SdkRequest<T> = SdkRequestClient.RequestOptions<T>;

export interface TwilioAccount {
  readonly accountSid: string;
  readonly authToken: string;
  /** Other address of the API; the path of a request is appended. */
  readonly baseUrl?: string | undefined;
}

export interface TwilioParts {
  readonly clock: Pick<Clock, 'now' | 'after'>;
  /** Longest that one call may take with everything, ms. */
  readonly limitMs?: number;
}

export type TwilioResult<T> = { readonly kind: 'answer'; readonly value: T } | TwilioFailure;

/** Half a second below the 10 s that a messenger may take. */
const LIMIT_MS = 9500;
/** Pause before the one further try, ms. */
const RETRY_MS = 300;
const LARGEST_ANSWER_BYTES = 64 * 1024;
const HOSTS: readonly string[] = ['api.twilio.com', 'verify.twilio.com'];
/** Nothing of the request left this machine. */
const NEVER_SENT: readonly string[] = ['ECONNREFUSED', 'EAI_AGAIN'];

/**
 * The Twilio SDK with a time limit over the whole call and without its errors: those hold account, number and code
 * in fields that `inspect` and JSON show. The SDK is loaded at the first call (0.2 s here, several seconds on a Pi).
 */
export class TwilioClient {
  readonly #account: TwilioAccount;
  readonly #clock: TwilioParts['clock'];
  readonly #limitMs: number;
  #sdk: Promise<typeof Sdk> | undefined;

  constructor(account: TwilioAccount, { clock, limitMs }: TwilioParts) {
    this.#account = account;
    this.#clock = clock;
    this.#limitMs = limitMs ?? LIMIT_MS;
  }

  /** Loads the SDK now, so that nobody waits for it later. */
  async load(): Promise<void> {
    await this.#load().catch(() => {});
  }

  /**
   * Carries out one request. Never throws and answers within the limit, whatever the other side does.
   * @param again whether it may be repeated once when no connection came about. Never for a check: the provider counts.
   */
  async call<T>(work: (client: Sdk.Twilio) => Promise<T>, again: boolean): Promise<TwilioResult<T>> {
    const ended = new AbortController();
    let cancel = (): void => {};
    const late = new Promise<TwilioFailure>((resolve) => {
      cancel = this.#clock.after(this.#limitMs, () => resolve(failed('unreachable', 'timeout')));
    });
    const result = await Promise.race([this.#tries(work, ended.signal, again), late]);
    cancel();
    ended.abort();
    return result;
  }

  async #tries<T>(
    work: (client: Sdk.Twilio) => Promise<T>,
    signal: AbortSignal,
    again: boolean,
  ): Promise<TwilioResult<T>> {
    const first = await this.#once(work, signal);
    if (!again || first.kind === 'answer' || !NEVER_SENT.includes(first.outcome.detail)) return first;
    await new Promise<void>((resolve) => {
      this.#clock.after(RETRY_MS, resolve);
    });
    return signal.aborted ? first : this.#once(work, signal);
  }

  async #once<T>(work: (client: Sdk.Twilio) => Promise<T>, signal: AbortSignal): Promise<TwilioResult<T>> {
    const seen: { retryAfter?: unknown } = {};
    try {
      const { accountSid, authToken } = this.#account;
      const sdk = await this.#load();
      const httpClient = requestClient(sdk, this.#account.baseUrl, signal, seen);
      // Edge and region are set so that the environment cannot send the account data elsewhere.
      const client = sdk(accountSid, authToken, { httpClient, edge: '', region: '', autoRetry: false });
      return { kind: 'answer', value: await work(client) };
    } catch (thrown) {
      return twilioFailure(thrown, retryAfterMs(seen.retryAfter, this.#clock.now()));
    }
  }

  #load(): Promise<typeof Sdk> {
    this.#sdk ??= import('twilio').then((loaded) => loaded.default);
    return this.#sdk;
  }
}

/** One request client for one call: nothing that it remembers of the call outlives it. */
function requestClient(
  sdk: typeof Sdk,
  baseUrl: string | undefined,
  signal: AbortSignal,
  seen: { retryAfter?: unknown },
): InstanceType<typeof Sdk.RequestClient> {
  class BoundedRequestClient extends sdk.RequestClient {
    override async request<T>(request: SdkRequest<T>) {
      const response = await super.request<T>({ ...request, uri: twilioAddress(request.uri, baseUrl) });
      seen.retryAfter = (response.headers as Readonly<Record<string, unknown>> | undefined)?.['retry-after'];
      return response;
    }
  }
  const client = new BoundedRequestClient({ timeout: LIMIT_MS, keepAlive: false });
  client.axios.defaults.maxContentLength = LARGEST_ANSWER_BYTES;
  client.axios.interceptors.request.use((config) => ({ ...config, signal }));
  return client;
}

/**
 * Where a request of the SDK goes. A base address of Twilio itself (a region such as
 * `https://api.dublin.ie1.twilio.com`) keeps the product of the request; any other one takes all requests.
 * Throws `messenger_failed` for a host that the kiosk has no business with.
 */
export function twilioAddress(uri: string, baseUrl: string | undefined): string {
  const wanted = new URL(uri);
  if (wanted.protocol !== 'https:' || !HOSTS.includes(wanted.hostname))
    throw new VestibuleError('messenger_failed', 'The Twilio SDK asked for a host that is not known.');
  if (baseUrl === undefined) return uri;
  const base = new URL(baseUrl);
  if (base.hostname.endsWith('.twilio.com'))
    base.hostname = base.hostname.replace(/^[^.]+/, wanted.hostname.split('.')[0] ?? '');
  return `${base.origin}${base.pathname.replace(/\/$/, '')}${wanted.pathname}${wanted.search}`;
}

/** Why an address cannot be the base address, in words; undefined when it can. */
export function baseUrlFault(baseUrl: string): string | undefined {
  const { protocol, hostname, username, password, search, hash } = new URL(baseUrl);
  if (username !== '' || password !== '') return 'an address with a user name or password is refused; leave them out';
  if (search !== '' || hash !== '') return 'use an address without ? and #';
  if (protocol === 'https:' || (protocol === 'http:' && isLoopbackHost(hostname))) return undefined;
  return 'use https://; plain http:// would show the account data and is taken for this machine (127.0.0.1) only';
}
