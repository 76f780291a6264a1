/** Facts of the machine. Absent = cannot be known here. */
export interface System {
  memory(): { readonly rssBytes: number };
  load1(): number;
  /** Degrees Celsius of the processor; undefined where there is no sensor. */
  cpuCelsius(): number | undefined;
  /** Free bytes and writability of the disk that holds the directory. */
  disk(directory: string): Promise<{ readonly freeBytes: number; readonly writable: boolean }>;
  /** Tells the service manager (systemd notify); does nothing where there is none. */
  notify(state: 'ready' | 'stopping' | 'watchdog', status?: string): Promise<void>;
}
