import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SystemClock } from '../../src/adapters/clock-system.js';
import { TwilioSmsMessenger } from '../../src/adapters/messenger-twilio-sms.js';
import { TwilioVerifyProvider, VERIFY_CHANNELS } from '../../src/adapters/messenger-twilio-verify.js';
import { TwilioClient } from '../../src/adapters/twilio-client.js';
import { MESSAGE } from '../contracts/messenger.js';
import { PRISM_READY, type Prism, startPrism, twilioDocument } from '../support/prism.js';
import { ACCOUNT_SID, AUTH_TOKEN, SENDER, SERVICE_SID, TwilioDouble } from '../support/twilio-double.js';

/** The number of the examples in Twilio's document. */
const TO = '+15017122661';
const clock = new SystemClock();
const client = (baseUrl: string) =>
  new TwilioClient({ accountSid: ACCOUNT_SID, authToken: AUTH_TOKEN, baseUrl }, { clock });

if (!PRISM_READY)
  console.log('Twilio’s OpenAPI documents are not at ../shared/data/twilio: the contract with them is not checked.');

describe.skipIf(!PRISM_READY)("our requests fit Twilio's own description", { timeout: 120_000 }, () => {
  let verify: Prism;
  let api: Prism;
  beforeAll(async () => {
    verify = await startPrism(twilioDocument('twilio_verify_v2.json'));
    api = await startPrism(twilioDocument('twilio_api_v2010.json'));
  }, 120_000);
  afterAll(async () => {
    await verify?.stop();
    await api?.stop();
  });

  it('start and check a verification in every channel', async () => {
    for (const channel of VERIFY_CHANNELS) {
      const provider = new TwilioVerifyProvider(client(verify.url), SERVICE_SID, channel);
      expect(await provider.start(channel === 'email' ? 'ada@example.org' : TO, 'de')).toEqual({ kind: 'sent' });
    }
    const provider = new TwilioVerifyProvider(client(verify.url), SERVICE_SID, 'sms');
    expect(await provider.check(TO, '123456')).toEqual({ kind: 'approved' });
  });

  it('send a message', async () => {
    for (const from of [SENDER, `MG${'ab'.repeat(16)}`]) {
      const messenger = new TwilioSmsMessenger(client(api.url), ACCOUNT_SID, from);
      expect(await messenger.send(TO, MESSAGE)).toEqual({ kind: 'sent' });
    }
  });

  it('ask for service and account', async () => {
    expect(await new TwilioVerifyProvider(client(verify.url), SERVICE_SID, 'sms').probe()).toEqual({ kind: 'sent' });
    expect(await new TwilioSmsMessenger(client(api.url), ACCOUNT_SID, SENDER).probe()).toEqual({ kind: 'sent' });
  });

  it('are looked at: a request without To or without an account is refused', async () => {
    const address = `${verify.url}/v2/Services/${SERVICE_SID}/Verifications`;
    const ask = (body: string, more: object = {}) =>
      fetch(address, {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/x-www-form-urlencoded', ...more },
      }).then((response) => response.status);
    const authorization = `Basic ${Buffer.from('AC:x').toString('base64')}`;
    expect(await ask('Channel=sms', { authorization })).toBe(422);
    expect(await ask('To=%2B15017122661&Channel=sms')).toBe(401);
    expect(await ask('To=%2B15017122661&Channel=sms', { authorization })).toBe(201);
  });

  it('name only fields that the description knows', async () => {
    const double = new TwilioDouble();
    await double.start();
    const provider = new TwilioVerifyProvider(client(double.url), SERVICE_SID, 'call');
    await provider.start(TO, 'en');
    await provider.check(TO, '123456');
    await new TwilioSmsMessenger(client(double.url), ACCOUNT_SID, SENDER).send(TO, MESSAGE);
    await new TwilioSmsMessenger(client(double.url), ACCOUNT_SID, `MG${'ab'.repeat(16)}`).send(TO, MESSAGE);
    await double.stop();
    const fields = [
      ...Array(2).fill(fieldsOf('twilio_verify_v2.json')),
      ...Array(2).fill(fieldsOf('twilio_api_v2010.json')),
    ] as ((path: string) => readonly string[])[];
    for (const [i, { path, form }] of double.requests.entries()) {
      const known = fields[i]!(path.replace(ACCOUNT_SID, '{AccountSid}').replace(SERVICE_SID, '{ServiceSid}'));
      expect(known).toEqual(expect.arrayContaining(Object.keys(form)));
    }
    expect(double.requests).toHaveLength(4);
  });
});

/** Names of the form fields of a POST in a document. */
function fieldsOf(name: Parameters<typeof twilioDocument>[0]): (path: string) => readonly string[] {
  const { paths } = JSON.parse(readFileSync(twilioDocument(name), 'utf8'));
  return (path) =>
    Object.keys(paths[path].post.requestBody.content['application/x-www-form-urlencoded'].schema.properties);
}
