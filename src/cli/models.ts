import { resolve } from 'node:path';
import { SingleBar } from 'cli-progress';
import { Command } from 'commander';
import { VestibuleError } from '../domain/errors.js';
import { type InstallProgress, installPack } from '../packs/install.js';
import { PACK_IDS } from '../packs/manifest.js';
import { modelsDirectory } from '../packs/models-directory.js';
import { listPacks, type PackState } from '../packs/verify.js';
import { EXIT_CODES } from './exit-codes.js';

interface ModelOptions {
  readonly state?: string;
  readonly json?: boolean;
}
interface PullOptions extends ModelOptions {
  readonly ifReachable?: boolean;
}

/** `vestibule models list | pull | verify`. Needs no configuration: set-up runs it before there is one. */
export function modelsCommand(): Command {
  const command = new Command('models').description('list, pull and verify the model packs');
  command
    .addCommand(
      common(new Command('list').description('say which packs are installed')).action(async (options: ModelOptions) => {
        report(await listPacks(directoryOf(options)), options);
      }),
    )
    .addCommand(
      common(new Command('pull').description('install packs: download, check, convert'))
        .argument('[pack...]', `packs to install (default: ${PACK_IDS.join(', ')})`)
        .option('--if-reachable', 'a pack that cannot be reached is named, but is no failure')
        .addHelpText(
          'after',
          '\nVESTIBULE_MODELS_MIRROR: folder or URL that holds <pack>/<file> or <file>; used instead of the published addresses.\nExit codes: 0 all packs installed (or, with --if-reachable, not reachable), 1 a pack could not be installed.',
        )
        .action(pull),
    )
    .addCommand(
      common(new Command('verify').description('hash every file of the installed packs again'))
        .argument('[pack...]', 'packs that must be installed and whole (default: every pack that is installed)')
        .addHelpText('after', '\nExit codes: 0 all are whole, 1 one is broken or a named one is missing.')
        .action(verify),
    );
  return command;
}

function common(command: Command): Command {
  return command
    .option(
      '--state <directory>',
      'state directory, models lie in its folder models (default: $VESTIBULE_STATE, else ./state)',
    )
    .option('--json', 'print JSON');
}

function directoryOf(options: ModelOptions): string {
  return modelsDirectory(resolve(options.state ?? process.env.VESTIBULE_STATE ?? 'state'));
}

async function pull(packs: readonly string[], options: PullOptions): Promise<void> {
  const modelsDirectory = directoryOf(options);
  const wanted = packs.length === 0 ? PACK_IDS : packs;
  const failed: VestibuleError[] = [];
  for (const pack of wanted) {
    const bar = new SingleBar({
      format: `Models ${pack.padEnd(6)} [{bar}] {percentage}% | {megabytes} | {file}`,
      stream: process.stderr,
      hideCursor: true,
      linewrap: false,
    });
    let started = false;
    const show = (progress: InstallProgress): void => {
      const facts = {
        file: progress.step === 'build' ? `converting ${progress.file}` : progress.file,
        megabytes: `${(progress.doneBytes / 1e6).toFixed(1)}/${(progress.totalBytes / 1e6).toFixed(1)} MB`,
      };
      if (started) bar.update(progress.doneBytes, facts);
      else bar.start(progress.totalBytes, progress.doneBytes, facts);
      started = true;
    };
    try {
      const mirror = process.env.VESTIBULE_MODELS_MIRROR;
      const outcome = await installPack(pack, { modelsDirectory, mirror, onProgress: show });
      if (started) bar.stop();
      if (options.json !== true)
        process.stdout.write(`✓ ${pack}: ${outcome.changed ? 'installed in' : 'is already in'} ${outcome.folder}\n`);
    } catch (thrown) {
      if (started) bar.stop();
      if (!(thrown instanceof VestibuleError) || thrown.code === 'input_invalid') throw thrown;
      failed.push(thrown);
      const skipped = options.ifReachable === true && thrown.code === 'pack_download_failed';
      process.stderr.write(
        skipped
          ? `! ${pack}: cannot be reached now and was not installed. ${thrown.message}\n  → ${thrown.mend} Then run \`vestibule models pull ${pack}\`.\n`
          : `✗ ${pack}: ${thrown.message}\n  → ${thrown.mend}\n`,
      );
    }
  }
  if (options.json === true) printJson(await listPacks(modelsDirectory));
  const tolerated = (fault: VestibuleError): boolean =>
    options.ifReachable === true && fault.code === 'pack_download_failed';
  if (!failed.every(tolerated)) process.exitCode = EXIT_CODES.failed;
}

async function verify(packs: readonly string[], options: ModelOptions): Promise<void> {
  const states = await listPacks(directoryOf(options));
  const unknown = packs.find((id) => !states.some((state) => state.id === id));
  if (unknown !== undefined)
    throw new VestibuleError(
      'input_invalid',
      `There is no model pack "${unknown}"; known packs: ${PACK_IDS.join(', ')}`,
    );
  const chosen =
    packs.length === 0
      ? states.filter(({ state }) => state !== 'missing')
      : states.filter(({ id }) => packs.includes(id));
  report(chosen, options);
  if (chosen.length === 0 || chosen.some(({ state }) => state !== 'installed')) process.exitCode = EXIT_CODES.failed;
}

function report(packs: readonly PackState[], options: ModelOptions): void {
  if (options.json === true) {
    printJson(packs);
    return;
  }
  if (packs.length === 0) process.stdout.write('No model pack is installed. Run `vestibule models pull`.\n');
  for (const pack of packs) {
    const mark = { installed: '✓', missing: '–', broken: '✗' }[pack.state];
    process.stdout.write(
      `${mark} ${pack.id.padEnd(6)} ${pack.state.padEnd(9)} ${(pack.bytes / 1e6).toFixed(1)} MB  ${pack.hash.slice(0, 23)}  ${pack.title}\n`,
    );
    for (const reason of pack.reasons) process.stdout.write(`    ${reason}\n`);
    if (pack.state !== 'installed') process.stdout.write(`    → vestibule models pull ${pack.id}\n`);
  }
}

function printJson(packs: readonly PackState[]): void {
  process.stdout.write(`${JSON.stringify({ packs }, null, 2)}\n`);
}
