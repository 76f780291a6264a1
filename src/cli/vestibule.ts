#!/usr/bin/env node
import { runProgram } from './program.js';

// `vestibule … | head`: whoever reads has seen enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});
process.exitCode = await runProgram(process.argv.slice(2));
