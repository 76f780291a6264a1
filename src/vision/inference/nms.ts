import type { Box } from '../../domain/observation.js';

/** Intersection over union of two boxes, 0–1. */
export function iou(a: Box, b: Box): number {
  const intersection = overlap(a, b);
  return intersection === 0 ? 0 : intersection / (a.width * a.height + b.width * b.height - intersection);
}

/** Area that two boxes share, square pixels. */
export function overlap(a: Box, b: Box): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return width > 0 && height > 0 ? width * height : 0;
}

/** Keeps the boxes of highest score that overlap no kept one by more than `threshold` (greedy, highest first). */
export function suppress<T extends { readonly box: Box; readonly score: number }>(
  candidates: readonly T[],
  threshold: number,
): T[] {
  const kept: T[] = [];
  for (const candidate of [...candidates].sort((a, b) => b.score - a.score)) {
    if (kept.every((other) => iou(other.box, candidate.box) <= threshold)) kept.push(candidate);
  }
  return kept;
}
