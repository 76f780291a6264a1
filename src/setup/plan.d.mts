export const START_PACKAGES: readonly string[];
export const TEST_PACKAGES: readonly string[];
export function nodeProblem(version: string): string | undefined;
export function packagesFor(mode: 'start' | 'test'): string[];
export function missingPackages(dpkgOutput: string, wanted: readonly string[]): string[];
export function isDebian(osRelease: string): boolean;
export function aptInstallArguments(packages: readonly string[]): string[];
export function aptCommandLine(packages: readonly string[]): string;
export interface AptState {
  readonly done: number;
  readonly total: number;
}
export function aptProgress(state: AptState, line: string): AptState;
export interface LockTree {
  readonly packages?: Readonly<
    Record<string, { version?: string; optional?: boolean; devOptional?: boolean; peer?: boolean; link?: boolean }>
  >;
}
export function treeMatches(lock: LockTree, installed: LockTree): boolean;
export function compileJobs(cores: number, memoryBytes: number): number;
export function addonCacheName(parts: {
  version: string;
  opencv: string;
  abi: string;
  arch: string;
  system: string;
}): string;
export function compileSteps(bindingGyp: string): number;
export function systemName(osRelease: string): string;
export function fingerprintLines(files: readonly { path: string; size: number; mtimeMs: number }[]): string[];
export function duration(ms: number): string;
export const OFFLINE_PACKS: readonly string[];
export interface ModelsStamp {
  readonly manifestHash: string;
  readonly mirror: string;
  readonly atMs: number;
}
export function modelsDue(facts: {
  stamp: ModelsStamp | undefined;
  manifestHash: string;
  mirror: string;
  missing: readonly string[];
  nowMs: number;
}): boolean;
export function causeOf(lines: readonly string[]): string;
