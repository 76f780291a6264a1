import type { Server } from 'node:net';
import { toError, VestibuleError } from '../domain/errors.js';

/** Limits against slow clients, for each server that the kiosk opens. */
export const CONNECTION_LIMITS = {
  maxHeaderSize: 16 * 1024,
  headersTimeout: 10_000,
  requestTimeout: 20_000,
  keepAliveTimeout: 5_000,
  connectionsCheckingInterval: 2_000,
} as const;

/**
 * Resolves once the server listens. Throws `port_in_use` when the address is taken or not allowed.
 * @param key of the configuration, named in the fault
 */
export function listen(
  server: Server,
  { host, port }: { readonly host: string; readonly port: number },
  key: 'http.port' | 'lan.port',
): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException): void => {
      const taken = error.code === 'EADDRINUSE' || error.code === 'EADDRNOTAVAIL' || error.code === 'EACCES';
      const why = { EADDRINUSE: 'in use', EACCES: 'not allowed for this user' }[error.code ?? ''] ?? 'not available';
      reject(
        taken
          ? new VestibuleError('port_in_use', `The address ${host}:${port} (${key}) is ${why}.`, {
              cause: error,
              context: { port },
            })
          : toError(error),
      );
    };
    server.once('error', failed);
    server.listen(port, host, () => {
      server.off('error', failed);
      resolve();
    });
  });
}
