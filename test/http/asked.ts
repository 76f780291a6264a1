import { type IncomingHttpHeaders, request as plainRequest } from 'node:http';
import { request as tlsRequest } from 'node:https';

export interface Asked {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** One request with exactly these headers, on a connection of its own. Streams are left at their first byte. */
export function ask(
  target: { readonly port: number; readonly tls?: boolean },
  line: string,
  headers: Readonly<Record<string, string>>,
  body: string | Uint8Array = '',
): Promise<Asked> {
  const [method = 'GET', path = '/'] = line.split(' ');
  const options = {
    host: '127.0.0.1',
    port: target.port,
    method,
    path,
    headers: { ...headers, ...(body.length > 0 && { 'Content-Length': body.length }) },
    agent: false as const,
  };
  return new Promise((resolve, reject) => {
    const sent =
      target.tls === true
        ? tlsRequest({ ...options, rejectUnauthorized: false, servername: 'kiosk.test' })
        : plainRequest(options);
    sent.on('error', reject);
    sent.on('response', (response) => {
      const { statusCode: status = 0, headers: received } = response;
      let text = '';
      const done = () => {
        resolve({ status, headers: received, body: text });
        sent.destroy();
      };
      if (/event-stream|multipart/.test(received['content-type'] ?? '')) return done();
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', done);
      return undefined;
    });
    sent.end(body);
  });
}
