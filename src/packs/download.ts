import { createHash } from 'node:crypto';
import { type FileHandle, open, readFile, rename, stat, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { toError, VestibuleError } from '../domain/errors.js';
import { storageFault, syncDirectory } from './durable-write.js';
import type { PackFile } from './manifest.js';

/** How downloads are made; everything that touches the world comes in here. */
export interface DownloadOptions {
  readonly fetch: typeof globalThis.fetch;
  /** A connection that sends nothing for this long is cut and tried again. */
  readonly stallMs: number;
  /** Attempts per address; each resumes where the last one stopped. */
  readonly attempts: number;
  /** Bytes on the disk after each piece. */
  onBytes(received: number): void;
}

/** The server answered: this address will not give the file, another attempt is pointless. */
class AddressRefused extends Error {}

/**
 * Downloads one file to `target`: pieces go to `<target>.part`, a cut download resumes there (HTTP Range), and the file
 * gets its name only when size and sha256 are right. A whole download with a wrong hash is deleted and refused
 * (`pack_file_invalid`); when no address gives the file: `pack_download_failed` with the reason per address.
 */
export async function download(
  file: PackFile,
  addresses: readonly string[],
  target: string,
  options: DownloadOptions,
): Promise<void> {
  const part = `${target}.part`;
  const reasons: string[] = [];
  let invalid: VestibuleError | undefined;
  for (const address of addresses) {
    for (let attempt = 1; attempt <= options.attempts; attempt++) {
      try {
        await fetchInto(address, part, file, options);
        await commit(file, part, target, address);
        return;
      } catch (thrown) {
        const error = toError(thrown);
        if (error instanceof VestibuleError && error.code !== 'pack_file_invalid') throw error;
        if (error instanceof VestibuleError) {
          invalid = error;
          break;
        }
        if (error instanceof AddressRefused || attempt === options.attempts) {
          reasons.push(`${address}: ${error.message}`);
          break;
        }
      }
    }
  }
  if (invalid !== undefined) throw invalid;
  throw new VestibuleError('pack_download_failed', `${file.name} could not be downloaded. ${reasons.join('; ')}`, {
    context: { file: file.name },
  });
}

async function fetchInto(address: string, part: string, file: PackFile, options: DownloadOptions): Promise<void> {
  let have = await sizeOf(part);
  if (have > file.bytes) {
    await unlink(part);
    have = 0;
  }
  if (have === file.bytes) return;
  const abort = new AbortController();
  const stalled = new Error(`no data for ${options.stallMs / 1000} s`);
  let timer = setTimeout(() => abort.abort(stalled), options.stallMs);
  const alive = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => abort.abort(stalled), options.stallMs);
  };
  let handle: FileHandle | undefined;
  try {
    const response = await options.fetch(address, {
      headers: have > 0 ? { range: `bytes=${have}-` } : {},
      signal: abort.signal,
      redirect: 'follow',
    });
    const resumed = response.status === 206 && rangeStart(response) === have;
    if (!resumed && response.status !== 200) {
      await response.body?.cancel();
      if (response.status === 416 || response.status === 206) {
        await unlink(part).catch(() => undefined);
        throw new Error('the server could not resume; starting again');
      }
      const wait = response.status >= 500 || response.status === 429;
      const message = `HTTP ${response.status} ${response.statusText}`.trim();
      throw wait ? new Error(message) : new AddressRefused(message);
    }
    if (response.body === null) throw new AddressRefused('an empty answer');
    handle = await openPart(part, resumed);
    let received = resumed ? have : 0;
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      alive();
      received += chunk.length;
      if (received > file.bytes) throw tooLong(file, address);
      await write(handle, part, chunk);
      options.onBytes(received);
    }
    if (received < file.bytes) throw new Error(`cut off after ${received} of ${file.bytes} bytes`);
    await handle.sync();
  } catch (thrown) {
    if (thrown instanceof VestibuleError) {
      if (thrown.code === 'pack_file_invalid') await unlink(part).catch(() => undefined);
      throw thrown;
    }
    throw describe(thrown, abort.signal);
  } finally {
    clearTimeout(timer);
    abort.abort();
    await handle?.close();
  }
}

/** undici says only "fetch failed" and hides the reason in `cause`. */
function describe(thrown: unknown, signal: AbortSignal): Error {
  if (signal.aborted && signal.reason instanceof Error) return signal.reason;
  const error = toError(thrown);
  if (error.cause === undefined || error instanceof AddressRefused) return error;
  return new Error(`${error.message} (${toError(error.cause).message})`, { cause: error });
}

function tooLong(file: PackFile, address: string): VestibuleError {
  return new VestibuleError(
    'pack_file_invalid',
    `${file.name} from ${address} is longer than the published ${file.bytes} bytes; it was deleted`,
    { context: { file: file.name } },
  );
}

async function commit(file: PackFile, part: string, target: string, address: string): Promise<void> {
  const hash = createHash('sha256')
    .update(await readFile(part))
    .digest('hex');
  if (hash !== file.sha256) {
    await unlink(part);
    throw new VestibuleError(
      'pack_file_invalid',
      `${file.name} from ${address} is not the published file (sha256 ${hash}, expected ${file.sha256}); it was deleted`,
      { context: { file: file.name } },
    );
  }
  await rename(part, target);
  await syncDirectory(dirname(target));
}

async function openPart(part: string, append: boolean): Promise<FileHandle> {
  try {
    return await open(part, append ? 'a' : 'w', 0o644);
  } catch (thrown) {
    throw storageFault(part, thrown);
  }
}

async function write(handle: FileHandle, part: string, chunk: Uint8Array): Promise<void> {
  try {
    await handle.writeFile(chunk);
  } catch (thrown) {
    throw storageFault(part, thrown);
  }
}

function rangeStart(response: Response): number | undefined {
  const match = /^bytes (\d+)-/.exec(response.headers.get('content-range') ?? '');
  return match === null ? undefined : Number(match[1]);
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch {
    return 0;
  }
}
