import { connect } from 'node:net';

/** What came back over a raw socket, and whether anything came at all. */
export interface RawAnswer {
  readonly status: number | undefined;
  readonly text: string;
}

/** Sends bytes as they are and collects at most the first 64 kB of the answer until the server closes or `quietMs` passes. */
export function sendRaw(url: string, bytes: string | Uint8Array, quietMs = 1500): Promise<RawAnswer> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    let text = '';
    const socket = connect(Number(port), hostname);
    const finish = () => {
      socket.destroy();
      const status = /^HTTP\/1\.[01] (\d{3})/.exec(text)?.[1];
      resolve({ status: status === undefined ? undefined : Number(status), text });
    };
    socket.setTimeout(quietMs, finish);
    socket.on('error', finish);
    socket.on('close', finish);
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      if (text.length > 65_536 || /\r\n\r\n/.test(text)) finish();
    });
    socket.write(bytes);
  });
}

/** One request with exactly these headers. */
export function request(
  url: string,
  line: string,
  headers: Readonly<Record<string, string>>,
  body: string | Uint8Array = '',
): Promise<RawAnswer> {
  const head = `${line} HTTP/1.1\r\n${Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')}Connection: close\r\n\r\n`;
  return sendRaw(url, Buffer.concat([Buffer.from(head, 'latin1'), Buffer.from(body)]));
}
