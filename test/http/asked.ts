import { type IncomingHttpHeaders, request as plainRequest } from 'node:http';
import { Agent, request as tlsRequest } from 'node:https';

export interface Asked {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** TLS takes its time: connections of it are used again. */
const agent = new Agent({ keepAlive: true, maxSockets: 4 });

/** One request with exactly these headers. Streams are left at their first byte. */
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
  };
  return new Promise((resolve, reject) => {
    const sent =
      target.tls === true
        ? tlsRequest({ ...options, agent, rejectUnauthorized: false, servername: 'kiosk.test' })
        : plainRequest({ ...options, agent: false });
    sent.on('error', reject);
    sent.on('response', (response) => {
      const { statusCode: status = 0, headers: received } = response;
      let text = '';
      const done = () => {
        resolve({ status, headers: received, body: text });
      };
      if (/event-stream|multipart/.test(received['content-type'] ?? '')) {
        done();
        sent.destroy();
        return;
      }
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', done);
    });
    sent.end(body);
  });
}
