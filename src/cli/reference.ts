import { Argument, Command } from 'commander';
import { documentationText, exampleText, schemaText } from '../config/reference.js';
import { FAULTS } from '../domain/errors.js';
import { exitCodeOf } from './exit-codes.js';

/** Text of docs/errors.md. */
export function errorsPage(): string {
  const rows = Object.entries(FAULTS).map(
    ([code, mend]) => `| \`${code}\` | ${mend.replace(/\|/g, '\\|')} | ${exitCodeOf(code as keyof typeof FAULTS)} |`,
  );
  return `# Faults

This page is generated from \`src/domain/errors.ts\` (\`vestibule reference errors\`); do not edit it by hand.

Every fault has a stable code. The log, the page and the command line show it with what went wrong and how to mend it.
The last column is the exit code of a command that ends with the fault (docs/cli.md).

| code | what to do | exit code |
|---|---|---|
${rows.join('\n')}
`;
}

const PAGES: Readonly<Record<string, () => string>> = {
  schema: schemaText,
  example: exampleText,
  configuration: documentationText,
  errors: errorsPage,
};

/** `vestibule reference <page>`: prints a page that a drift test compares with the committed one. */
export function referenceCommand(): Command {
  return new Command('reference')
    .description('print a generated page of the documentation')
    .addArgument(new Argument('<page>', 'which page').choices(Object.keys(PAGES)))
    .addHelpText(
      'after',
      `
Examples:
  $ vestibule reference schema > config/vestibule.schema.json
  $ vestibule reference example > config/vestibule.yaml
  $ vestibule reference configuration > docs/configuration.md
  $ vestibule reference errors > docs/errors.md`,
    )
    .action((page: string) => {
      process.stdout.write(PAGES[page]?.() ?? '');
    });
}
