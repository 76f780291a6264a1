import { carrierContract, providerContract } from '../contracts/messenger.js';
import { FakeClock } from './fake-clock.js';
import { FakeCodeProvider, FakeMessenger, faultOutcome } from './fake-messenger.js';

carrierContract('FakeMessenger', async () => {
  const messenger = new FakeMessenger();
  const to = '+15005550009';
  return {
    messenger,
    to,
    badTo: '12',
    received: () => messenger.sent.filter((one) => one.to === to).map(({ message }) => message.code),
    goDown: async () => {
      messenger.fault = faultOutcome('unreachable');
    },
    comeBack: async () => {
      messenger.fault = undefined;
    },
    close: async () => {},
  };
});

providerContract('FakeCodeProvider', async () => {
  const clock = new FakeClock();
  const provider = new FakeCodeProvider(clock);
  return {
    provider,
    to: '+15005550009',
    otherTo: '+15005550010',
    badTo: '12',
    codeOf: (to) => provider.codeOf(to),
    advance: (ms) => clock.advance(ms),
    goDown: async () => {
      provider.fault = faultOutcome('unreachable');
    },
    comeBack: async () => {
      provider.fault = undefined;
    },
    close: async () => {},
  };
});
