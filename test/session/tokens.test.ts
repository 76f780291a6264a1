import { createHmac, generateKeyPairSync, type KeyObject, sign as signBytes } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { type AccessClaims, AccessTokens } from '../../src/session/access-tokens.js';
import { KEY_LIFE_MS, SigningKeys } from '../../src/session/signing-keys.js';
import { FakeClock } from '../fakes/fake-clock.js';
import { FakeRandom } from '../fakes/fake-random.js';
import { ISSUER } from './kit.js';

const LIFE_SECONDS = 300;
const clock = new FakeClock();
const random = new FakeRandom(7);
const keys = new SigningKeys({ clock, random, tokenLifeMs: LIFE_SECONDS * 1000 });
const offset = clock.now() - clock.mono();
const now = () => offset + clock.mono();
const parts = { keys, random, now, issuer: ISSUER, boot: 'boot-of-today', lifeSeconds: LIFE_SECONDS };
const tokens = new AccessTokens(parts);
const session = {
  sub: 'p_000000000001',
  sid: 'session-1',
  role: 'person',
  purpose: 'login',
  amr: ['pwd', 'otp'],
  acr: 'two_factors',
} as const;

const b64 = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const good = (): AccessClaims => {
  const at = Math.floor(now() / 1000);
  return {
    ...session,
    amr: [...session.amr],
    iss: ISSUER,
    aud: `${ISSUER}/api`,
    iat: at,
    nbf: at,
    exp: at + LIFE_SECONDS,
    jti: random.uuid7(),
    boot: 'boot-of-today',
  };
};
const goodHeader = () => ({ alg: 'EdDSA', typ: 'at+jwt', kid: keys.toSign().kid });
/** Signs with our own key whatever header and claims say. */
function signed(header: unknown, claims: unknown, key: KeyObject = keys.toSign().privateKey): string {
  const input = `${b64(header)}.${b64(claims)}`;
  return `${input}.${signBytes(null, Buffer.from(input), key).toString('base64url')}`;
}

describe('C1 forged tokens', () => {
  const stranger = generateKeyPairSync('ed25519');
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  let forged: Record<string, string>;
  beforeAll(() => {
    const claims = good();
    const header = goodHeader();
    const ours = signed(header, claims);
    const [h = '', p = '', s = ''] = ours.split('.');
    const publicPem = stranger.publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const hmac = (head: object, secret: string | Buffer) => {
      const input = `${b64(head)}.${p}`;
      return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
    };
    const without = (name: keyof AccessClaims) =>
      Object.fromEntries(Object.entries(claims).filter(([key]) => key !== name));
    const withClaims = (change: Record<string, unknown>) => signed(header, { ...claims, ...change });
    const withHeader = (change: Record<string, unknown>) => signed({ ...header, ...change }, claims);
    const at = claims.iat;
    forged = {
      'empty text': '',
      'one part': h,
      'two parts': `${h}.${p}`,
      'no signature': `${h}.${p}.`,
      'four parts': `${ours}.${s}`,
      'five parts, encrypted form': `${h}.${p}.${s}.${s}.${s}`,
      'alg none': `${b64({ alg: 'none', typ: 'at+jwt' })}.${p}.`,
      'alg None': `${b64({ ...header, alg: 'None' })}.${p}.`,
      'alg NONE with signature': withHeader({ alg: 'NONE' }),
      'alg none with our signature': withHeader({ alg: 'none' }),
      'alg absent': signed({ typ: 'at+jwt', kid: header.kid }, claims),
      'alg null': withHeader({ alg: null }),
      'alg list': withHeader({ alg: ['EdDSA'] }),
      'alg eddsa in lower case': withHeader({ alg: 'eddsa' }),
      'alg Ed25519': withHeader({ alg: 'Ed25519' }),
      'HS256 with the kid': hmac({ ...header, alg: 'HS256' }, header.kid),
      'HS256 with a public key as secret': hmac({ ...header, alg: 'HS256' }, publicPem),
      'HS256 with an empty secret': hmac({ ...header, alg: 'HS256' }, ''),
      'HS256 with our public key as secret': hmac(
        { ...header, alg: 'HS256' },
        keys.toVerify(header.kid)!.export({ type: 'spki', format: 'der' }),
      ),
      'HS384 header, our signature': withHeader({ alg: 'HS384' }),
      RS256: signedBy('sha256', rsa.privateKey, { ...header, alg: 'RS256' }, claims),
      ES256: signedBy('sha256', ec.privateKey, { ...header, alg: 'ES256' }, claims),
      'key of a stranger': signed(header, claims, stranger.privateKey),
      'key of a stranger in jwk': signed(
        { ...header, jwk: stranger.publicKey.export({ format: 'jwk' }) },
        claims,
        stranger.privateKey,
      ),
      'jwk beside our signature': withHeader({ jwk: stranger.publicKey.export({ format: 'jwk' }) }),
      'jku beside our signature': withHeader({ jku: 'https://evil.example/keys' }),
      'x5u beside our signature': withHeader({ x5u: 'https://evil.example/chain' }),
      'x5c beside our signature': withHeader({ x5c: ['MIIB'] }),
      'crit beside our signature': withHeader({ crit: ['exp'], exp: 1 }),
      'crit b64': withHeader({ crit: ['b64'], b64: false }),
      'zip header': withHeader({ zip: 'DEF' }),
      'cty header': withHeader({ cty: 'JWT' }),
      'unknown header': withHeader({ more: 1 }),
      'typ JWT': withHeader({ typ: 'JWT' }),
      'typ AT+JWT': withHeader({ typ: 'AT+JWT' }),
      'typ application/at+jwt': withHeader({ typ: 'application/at+jwt' }),
      'typ absent': signed({ alg: 'EdDSA', kid: header.kid }, claims),
      'kid absent': signed({ alg: 'EdDSA', typ: 'at+jwt' }, claims),
      'kid unknown': withHeader({ kid: 'AAAAAAAAAAAAAAAA' }),
      'kid empty': withHeader({ kid: '' }),
      'kid a path': withHeader({ kid: '../../dev/null' }),
      'kid a question to a database': withHeader({ kid: "' OR 1=1 --" }),
      'kid __proto__': signed(JSON.parse(`{"alg":"EdDSA","typ":"at+jwt","kid":"__proto__"}`), claims),
      'header a list': signed([header], claims),
      'header null': signed(null, claims),
      'header no JSON': `${b64('{')}.${p}.${s}`,
      'header twice': `${b64(`{"alg":"none","alg":"EdDSA","typ":"at+jwt","kid":"${header.kid}"}`)}.${p}.${s}`,
      'issuer another kiosk': withClaims({ iss: 'vestibule:back-door' }),
      'issuer absent': signed(header, without('iss')),
      'issuer with our name in front': withClaims({ iss: `${ISSUER}.evil` }),
      'audience another': withClaims({ aud: 'elsewhere' }),
      'audience a list with ours': withClaims({ aud: [`${ISSUER}/api`, 'elsewhere'] }),
      'audience absent': signed(header, without('aud')),
      expired: withClaims({ iat: at - 301, nbf: at - 301, exp: at - 1 }),
      'expires now': withClaims({ iat: at - 300, nbf: at - 300, exp: at }),
      'exp absent': signed(header, without('exp')),
      'exp a text': withClaims({ exp: String(claims.exp) }),
      'exp in a thousand years': withClaims({ exp: at + 3e10 }),
      'exp null': withClaims({ exp: null }),
      'not yet': withClaims({ iat: at + 60, nbf: at + 60, exp: at + 360 }),
      'nbf absent': signed(header, without('nbf')),
      'nbf before iat': withClaims({ nbf: at - 1000 }),
      'iat absent': signed(header, without('iat')),
      'iat in the future': withClaims({ iat: at + 10, exp: at + 310 }),
      'jti absent': signed(header, without('jti')),
      'sub absent': signed(header, without('sub')),
      'sub empty': withClaims({ sub: '' }),
      'sub a number': withClaims({ sub: 1 }),
      'sid absent': signed(header, without('sid')),
      'role absent': signed(header, without('role')),
      'role made up': withClaims({ role: 'root' }),
      'purpose made up': withClaims({ purpose: 'everything' }),
      'amr a text': withClaims({ amr: 'pwd' }),
      'acr made up': withClaims({ acr: 'aal3' }),
      'boot absent': signed(header, without('boot')),
      'boot of yesterday': withClaims({ boot: 'boot-of-yesterday' }),
      'one claim more': withClaims({ scope: 'admin' }),
      'claims a list': signed(header, [claims]),
      'claims no JSON': signed(header, 'no json'),
      'claims null': signed(header, null),
      'other claims, our signature': `${h}.${b64({ ...claims, role: 'admin' })}.${s}`,
      'signature of another token': `${h}.${p}.${signed(header, good()).split('.')[2]}`,
      'signature cut': ours.slice(0, -2),
      'signature longer': `${ours}AA`,
      'signature of zeros': `${h}.${p}.${'A'.repeat(86)}`,
      'base64 with padding': `${ours}==`,
      'a space before': ` ${ours}`,
      'a line break behind': `${ours}\n`,
      'in upper case': ours.toUpperCase(),
      'two tokens': `${ours},${ours}`,
      'three thousand characters': `${h}.${p}${'A'.repeat(3000)}.${s}`,
    };
  });

  it('none of at least 60 is taken, a good one is', async () => {
    expect(await tokens.verify(signed(goodHeader(), good()))).toMatchObject(session);
    expect(await tokens.verify(await tokens.sign({ ...session, amr: [...session.amr] }))).toMatchObject(session);
    const taken: string[] = [];
    for (const [name, token] of Object.entries(forged)) {
      if ((await tokens.verify(token)) !== undefined) taken.push(name);
    }
    const tried = Object.keys(forged).length;
    console.log(`C1 forged tokens: ${taken.length} of ${tried} accepted, limit 0 of at least 60`);
    expect(tried).toBeGreaterThanOrEqual(60);
    expect(taken).toEqual([]);
  });

  it('none of 10,000 mutations is taken', async () => {
    const seed = 20261121;
    let state = seed;
    const next = (below: number) => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ ';
    let tried = 0;
    const taken: string[] = [];
    while (tried < 10_000) {
      const base = await tokens.sign({ ...session, amr: [...session.amr] });
      const batch: string[] = [];
      for (let i = 0; i < 100; i++) {
        const chars = [...base];
        for (let k = next(3) + 1; k > 0; k--) {
          const at = next(chars.length);
          const what = next(4);
          if (what === 0) chars[at] = alphabet[next(alphabet.length)]!;
          else if (what === 1) chars.splice(at, 1);
          else if (what === 2) chars.splice(at, 0, alphabet[next(alphabet.length)]!);
          else {
            const other = next(chars.length);
            [chars[at], chars[other]] = [chars[other]!, chars[at]!];
          }
        }
        // Where the last character is hit, each way to write the same bytes is tried too.
        if (i % 10 === 0) chars[chars.length - 1] = alphabet[next(64)]!;
        const mutated = chars.join('');
        if (mutated !== base) batch.push(mutated);
      }
      const verdicts = await Promise.all(batch.map((token) => tokens.verify(token)));
      verdicts.forEach((verdict, i) => {
        if (verdict !== undefined) taken.push(batch[i]!);
      });
      tried += batch.length;
    }
    console.log(`C1 mutated tokens: ${taken.length} of ${tried} accepted, limit 0, seed ${seed}`);
    expect(taken).toEqual([]);
  }, 60_000);
});

function signedBy(hash: string, key: KeyObject, header: unknown, claims: unknown): string {
  const input = `${b64(header)}.${b64(claims)}`;
  return `${input}.${signBytes(hash, Buffer.from(input), key).toString('base64url')}`;
}

describe('signing keys', () => {
  it('change every 24 h; a token of the former key is good until its own end', async () => {
    const from = new FakeClock();
    const turning = new SigningKeys({ clock: from, random: new FakeRandom(3), tokenLifeMs: 300_000 });
    const start = from.now() - from.mono();
    const access = new AccessTokens({ ...parts, keys: turning, now: () => start + from.mono() });
    const claims = { ...session, amr: [...session.amr] };
    from.advance(KEY_LIFE_MS - 1);
    const first = turning.toSign().kid;
    const last = await access.sign(claims);
    from.advance(1);
    expect(turning.toSign().kid).not.toBe(first);
    expect(await access.verify(last)).toBeDefined();
    expect(await access.verify(await access.sign(claims))).toBeDefined();
    from.advance(298_000);
    expect(await access.verify(last)).toBeDefined();
    from.advance(2001);
    expect(await access.verify(last)).toBeUndefined();
    expect(turning.toVerify(first)).toBeUndefined();
  });

  it('differ between two starts', () => {
    const one = new SigningKeys({ clock, random: new FakeRandom(11), tokenLifeMs: 1 }).toSign();
    const two = new SigningKeys({ clock, random: new FakeRandom(12), tokenLifeMs: 1 }).toSign();
    expect(one.kid).not.toBe(two.kid);
    expect(one.privateKey.equals(two.privateKey)).toBe(false);
  });
});
