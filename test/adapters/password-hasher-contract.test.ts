import { Argon2PasswordHasher } from '../../src/adapters/password-argon2.js';
import { configSchema } from '../../src/config/schema.js';
import { passwordHasherContract } from '../contracts/password-hasher.js';
import { FakeHasher } from '../fakes/fake-hasher.js';
import { FakeRandom } from '../fakes/fake-random.js';

const config = configSchema.parse({}).passwords;
passwordHasherContract('argon2', () => new Argon2PasswordHasher({ random: new FakeRandom(5), config }));
passwordHasherContract('fake', () => new FakeHasher());
