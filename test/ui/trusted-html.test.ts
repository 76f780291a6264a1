import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asTextOnly } from '../../src/ui/parts/trusted-html.js';
import { TABLES } from '../../src/ui/strings/language.js';
import { nameOneself, touchKeys, touchOk } from './login-page.js';
import { PageFixture } from './page-fixture.js';

const fixture = new PageFixture();
const s = TABLES.en;
beforeAll(() => fixture.start());
afterAll(() => fixture.stop());

describe('HTML that a library writes', () => {
  it('is text and nothing else', () => {
    expect(asTextOnly(`<img src=x onerror="a('b')">&`)).toBe(
      '&lt;img src=x onerror=&quot;a(&#39;b&#39;)&quot;&gt;&amp;',
    );
    expect(asTextOnly('⌫')).toBe('⌫');
  });

  it('the keyboard works under the policy of the server with no violation, in every layer', async () => {
    const { page, faults } = await fixture.open();
    await page.evaluate(() => {
      const found: string[] = [];
      document.addEventListener('securitypolicyviolation', (event) => found.push(event.violatedDirective));
      Object.assign(window, { found });
    });
    await page.getByRole('button', { name: s.login.entry.signIn, exact: true }).click();
    await nameOneself(page, '<img src=x onerror=alert(1)>');
    const password = page.getByLabel(s.login.password, { exact: false }).first();
    await password.focus();
    const keyboard = page.getByRole('group', { name: s.login.keyboard });
    // Keys that show a sign are called by a word.
    const named = (key: keyof typeof s.login.keyNames) =>
      keyboard.getByRole('button', { name: s.login.keyNames[key], exact: true }).click();
    await named('{shift}');
    await touchKeys(page, 'A');
    await touchKeys(page, 'b');
    await named('{symbols}');
    await touchKeys(page, '<>&"\'');
    await keyboard.getByRole('button', { name: 'space', exact: true }).click();
    await named('{bksp}');
    expect(await password.inputValue()).toBe('Ab<>&"\'');
    // Nothing that was typed stays in the library.
    const kept = await page.evaluate(() => {
      const { SimpleKeyboardInstances } = window as unknown as {
        SimpleKeyboardInstances: Record<string, { input: Record<string, string> }>;
      };
      return Object.values(SimpleKeyboardInstances).flatMap(({ input }) => Object.values(input));
    });
    expect(kept.join('')).toBe('');
    await touchOk(page);
    await page.getByRole('alert').getByText(s.login.messages.notRight).waitFor();
    expect(await page.locator('.terminal img:not(.live img)').count()).toBe(0);
    expect(await page.evaluate(() => (window as unknown as { found: string[] }).found)).toEqual([]);
    await page.close();
    expect(faults).toEqual([]);
  });

  it('no string becomes a script or the address of one', async () => {
    const { page } = await fixture.open();
    await page.locator('.kiosk').waitFor();
    const outcomes = await page.evaluate(() => {
      const tries = {
        html: () => {
          const box = document.createElement('div');
          box.innerHTML = '<img src=x onerror="document.title=\'owned\'">';
          return box.children.length === 0 ? 'text' : 'elements';
        },
        script: () => {
          const script = document.createElement('script');
          script.text = "document.title='owned'";
          document.body.append(script);
          return 'taken';
        },
        address: () => {
          document.createElement('script').src = 'data:text/javascript,0';
          return 'taken';
        },
        second: () => {
          const { trustedTypes } = window as unknown as { trustedTypes: { createPolicy(n: string, r: object): void } };
          trustedTypes.createPolicy('other', {});
          return 'taken';
        },
      };
      const told = Object.entries(tries).map(([name, attempt]) => {
        try {
          return [name, attempt()];
        } catch {
          return [name, 'refused'];
        }
      });
      return Object.fromEntries(told) as Record<string, string>;
    });
    expect(outcomes).toEqual({ html: 'text', script: 'refused', address: 'refused', second: 'refused' });
    expect(await page.title()).toBe('Vestibule');
    await page.close();
  });
});
