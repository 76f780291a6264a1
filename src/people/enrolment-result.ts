import type { Person } from '../domain/person.js';
import type { PhotoRefusal } from '../domain/quality-gate.js';

export type PhotoVerdict =
  | {
      readonly accepted: true;
      readonly count: number;
      readonly needed: number;
      /** Cosine to the mean of the pictures before; absent for the first one. */
      readonly score?: number;
    }
  | {
      readonly accepted: false;
      readonly reason: PhotoRefusal;
      readonly detail: string;
      readonly count: number;
      readonly needed: number;
    };

/** Somebody enrolled who looks like the new person. */
export interface SimilarPerson {
  readonly personId: string;
  readonly score: number;
  readonly threshold: number;
}

export interface Enrolled {
  readonly person: Person;
  /** Nearest first. */
  readonly similar: readonly SimilarPerson[];
}

/** Taken one after the other in front of the camera, or photographs that an administrator brings. */
export type PictureOrigin = 'camera' | 'photographs';
