import type { Command } from 'commander';

/** A command whose code is loaded only when it is used, so that `--help` answers at once. */
export interface LazyCommand {
  readonly name: string;
  readonly description: string;
  readonly hidden?: boolean;
  load(): Promise<Command>;
}

const EVAL_WORDS = 'measure how well a model pack recognises faces and liveness';

/** Every command of the program, in the order of the help. */
export const COMMANDS: readonly LazyCommand[] = [
  {
    name: 'start',
    description: 'run the kiosk',
    load: async () => (await import('./start.js')).startCommand(),
  },
  {
    name: 'doctor',
    description: 'check camera, packs, engines, broker, clock, disk and permissions, and say how to mend each',
    load: async () => (await import('./doctor.js')).doctorCommand(),
  },
  {
    name: 'models',
    description: 'list, pull and verify the model packs',
    load: async () => (await import('./models.js')).modelsCommand(),
  },
  {
    name: 'enrol',
    description: 'enrol everybody of a folder of photographs',
    load: async () => (await import('./enrol.js')).enrolCommand(),
  },
  {
    name: 'people',
    description: 'list, show, import, invite, unlock and remove people',
    load: async () => (await import('./people.js')).peopleCommand(),
  },
  {
    name: 'identify',
    description: 'say who is on a photograph',
    load: async () => (await import('./identify.js')).identifyCommand(),
  },
  {
    name: 'attendance',
    description: "show today's attendance and export days",
    load: async () => (await import('./attendance.js')).attendanceCommand(),
  },
  {
    name: 'liveness',
    description: 'show the camera that counts for liveness, explain a decision',
    load: async () => (await import('./liveness.js')).livenessCommand(),
  },
  {
    name: 'eval',
    description: EVAL_WORDS,
    load: async () => {
      const [{ Command }, { evalFacesCommand }, { evalLivenessCommand }] = await Promise.all([
        import('commander'),
        import('./eval-faces.js'),
        import('./eval-liveness.js'),
      ]);
      return new Command('eval')
        .description(EVAL_WORDS)
        .addCommand(evalFacesCommand())
        .addCommand(evalLivenessCommand());
    },
  },
  {
    name: 'record-liveness',
    description: 'record a session of a consenting person, or of an attack, for eval liveness',
    load: async () => (await import('./record-liveness.js')).recordLivenessCommand(),
  },
  {
    name: 'bench',
    description: 'measure speed and memory on this machine',
    load: async () => (await import('./bench.js')).benchCommand(),
  },
  {
    name: 'config',
    description: 'check and print the configuration',
    load: async () => (await import('./config.js')).configCommand(),
  },
  {
    name: 'otp',
    description: 'try the channels of one-time codes',
    load: async () => (await import('./otp.js')).otpCommand(),
  },
  {
    name: 'admin',
    description: 'add administrators',
    load: async () => (await import('./admin.js')).adminCommand(),
  },
  {
    name: 'admin-code',
    description: 'print the code that opens the admin view',
    load: async () => (await import('./admin-code.js')).adminCodeCommand(),
  },
  {
    name: 'reference',
    description: 'print a generated page of the documentation',
    hidden: true,
    load: async () => (await import('./reference.js')).referenceCommand(),
  },
];
