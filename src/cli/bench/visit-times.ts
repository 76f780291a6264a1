/** After this long without a face the next face is a new visit, ms. */
const EMPTY_MS = 700;

/** Takes the time from the first frame of each visit that shows the face to the visit's first message. All times monotonic ms. */
export class VisitTimes {
  announcedMs: number[] = [];
  count = 0;
  #faceAt = Number.NEGATIVE_INFINITY;
  /** First frame of the running visit; absent once its message has come, and before the first empty hall. */
  #begunAt: number | undefined;
  #sawEmptyHall = false;

  /** One analysed frame. */
  seen(capturedAt: number, face: boolean): void {
    const empty = capturedAt - this.#faceAt > EMPTY_MS;
    if (!face) {
      if (empty) this.#sawEmptyHall = true;
      return;
    }
    if (this.#sawEmptyHall && empty) {
      this.count += 1;
      this.#begunAt = capturedAt;
    }
    this.#faceAt = capturedAt;
  }

  /** A message arrived at the subscriber. */
  announced(at: number): void {
    if (this.#begunAt === undefined) return;
    this.announcedMs.push(at - this.#begunAt);
    this.#begunAt = undefined;
  }

  /** Forgets what was counted; a visit that has begun is not counted. */
  clear(): void {
    this.announcedMs = [];
    this.count = 0;
    this.#begunAt = undefined;
    this.#sawEmptyHall = false;
  }
}
