import { describe, expect, it } from 'vitest';
import { suggestion } from '../../src/config/suggestion.js';

describe('suggestion', () => {
  const known = ['direction', 'duplicateIntervalSeconds', 'keepaliveSeconds'];

  it('finds a key whose unit was left out', () => {
    expect(suggestion('duplicateInterval', known)).toBe('; did you mean "duplicateIntervalSeconds"?');
    expect(suggestion('keepAlive', known)).toBe('; did you mean "keepaliveSeconds"?');
  });

  it('finds a misspelt key and stays silent about a strange one', () => {
    expect(suggestion('diretcion', known)).toBe('; did you mean "direction"?');
    expect(suggestion('colour', known)).toBe('');
  });
});
