import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';

export interface ApiAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The parsed body; undefined where it is no JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects
  readonly json: any;
}

export interface ApiRequest {
  readonly json?: unknown;
  readonly body?: string | Uint8Array;
  readonly type?: string;
  readonly bearer?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface ApiClientOptions {
  /** Address of the server, plain HTTP on the loopback address. */
  readonly url: string;
  /** Name by which the kiosk is asked, `host:port`; default: that of the address. */
  readonly host?: string;
  /** Sees every answer. */
  readonly onAnswer?: (answer: ApiAnswer, route: string) => void;
}

/** A page or program that asks the API of a kiosk; keeps its cookies as a browser does. */
export class ApiClient {
  readonly cookies = new Map<string, string>();
  /** Sent with every request that names no other one. */
  bearer: string | undefined;
  readonly #url: URL;
  readonly #host: string;
  readonly #onAnswer: NonNullable<ApiClientOptions['onAnswer']>;

  constructor({ url, host, onAnswer = () => undefined }: ApiClientOptions) {
    this.#url = new URL(url);
    this.#host = host ?? this.#url.host;
    this.#onAnswer = onAnswer;
  }

  get = (path: string, more: ApiRequest = {}) => this.ask('GET', path, more);
  post = (path: string, json: unknown = {}, more: ApiRequest = {}) => this.ask('POST', path, { json, ...more });
  delete = (path: string, more: ApiRequest = {}) => this.ask('DELETE', path, more);

  /** Any request. A stream that goes on is cut off after the first bytes. */
  async ask(method: string, path: string, { json, body, type, bearer, headers }: ApiRequest = {}): Promise<ApiAnswer> {
    const sent = body ?? (json === undefined ? undefined : JSON.stringify(json));
    const token = bearer ?? this.bearer;
    const answer = await new Promise<ApiAnswer>((resolve, reject) => {
      const request = httpRequest(
        {
          hostname: this.#url.hostname,
          port: this.#url.port,
          method,
          path,
          setHost: false,
          agent: false,
          headers: {
            Host: this.#host,
            Origin: `http://${this.#host}`,
            ...(sent !== undefined && {
              'Content-Type': type ?? 'application/json',
              'Content-Length': Buffer.byteLength(sent),
            }),
            ...(token !== undefined && { Authorization: `Bearer ${token}` }),
            ...(this.cookies.size > 0 && {
              Cookie: [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; '),
            }),
            ...headers,
          },
        },
        (response) => {
          const chunks: Buffer[] = [];
          const stream = /event-stream|x-mixed-replace/.test(response.headers['content-type'] ?? '');
          const finish = () => {
            const text = Buffer.concat(chunks).toString('utf8');
            resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json: parsed(text) });
            if (stream) request.destroy();
          };
          response.on('data', (chunk: Buffer) => {
            chunks.push(chunk);
            if (stream) finish();
          });
          response.once('end', finish);
          if (stream) setTimeout(finish, 300).unref();
          response.once('error', (error) => (stream ? undefined : reject(error)));
        },
      );
      request.on('error', reject);
      // The server may answer and close before it has read a body that is too long.
      request.end(sent);
    });
    for (const cookie of answer.headers['set-cookie'] ?? []) {
      const [name = '', value = ''] = cookie.split(';', 1)[0]!.split('=', 2);
      if (value === '') this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    this.#onAnswer(answer, `${method} ${path}`);
    return answer;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
