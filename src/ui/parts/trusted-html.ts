/** The part of the Trusted Types API that is used here; TypeScript's DOM types do not name it yet. */
interface PolicyFactory {
  createPolicy(
    name: string,
    rules: { createHTML(text: string): string; createScript(): null; createScriptURL(): null },
  ): unknown;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** The text as HTML that shows exactly this text and nothing else. */
export function asTextOnly(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => ENTITIES[sign]!);
}

/**
 * Installs the one Trusted Types policy that the content security policy allows. The pages themselves never write
 * HTML; the keyboard library does, for the label of a key. What it writes becomes text, and no string ever becomes a
 * script or the address of one (ADR 0093). Does nothing where the browser has no Trusted Types.
 */
export function installTextOnlyPolicy(): void {
  const { trustedTypes } = window as { trustedTypes?: PolicyFactory };
  trustedTypes?.createPolicy('default', {
    createHTML: asTextOnly,
    createScript: () => null,
    createScriptURL: () => null,
  });
}
