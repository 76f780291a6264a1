import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Resvg } from '@resvg/resvg-js';

/** A drawn hall with a drawn figure: the live view of tests and of the pictures in the manual. Nobody real is shown. */
function hallSvg(shift: number, box?: string): string {
  const x = 320 + shift;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="640" height="480">
  <defs><linearGradient id="wall" x2="0" y2="1"><stop stop-color="#bfd0d6"/><stop offset="1" stop-color="#8fa6b0"/></linearGradient>
  <linearGradient id="coat" x2="0" y2="1"><stop stop-color="#33566b"/><stop offset="1" stop-color="#1f3948"/></linearGradient></defs>
  <rect width="640" height="480" fill="url(#wall)"/><rect y="392" width="640" height="88" fill="#6f8189"/>
  <rect x="52" y="70" width="138" height="330" rx="4" fill="#dfe9ec"/><rect x="66" y="86" width="110" height="150" fill="#f6fafb"/>
  <rect x="66" y="250" width="110" height="140" fill="#eaf2f4"/><rect x="478" y="120" width="120" height="88" rx="4" fill="#e8dcc3"/>
  <path d="M492 192l30-40 22 26 16-14 26 28z" fill="#8aa38f"/><circle cx="570" cy="144" r="9" fill="#e5b95c"/>
  <path d="M${x - 150} 480c4-104 62-138 150-138s146 34 150 138z" fill="url(#coat)"/>
  <rect x="${x - 32}" y="282" width="64" height="76" rx="26" fill="#c98f6b"/>
  <ellipse cx="${x}" cy="222" rx="78" ry="98" fill="#dba67f"/>
  <path d="M${x - 82} 224c-14-98 34-128 84-128s94 34 80 128c-8-50-26-72-56-80-42 16-92 16-108 80z" fill="#4a342a"/>
  <ellipse cx="${x - 29}" cy="222" rx="8" ry="9" fill="#2b1f1a"/><ellipse cx="${x + 29}" cy="222" rx="8" ry="9" fill="#2b1f1a"/>
  <path d="M${x} 230l-8 30h13" fill="none" stroke="#b57f5c" stroke-width="4" stroke-linecap="round"/>
  <path d="M${x - 26} 280q26 20 52 0" fill="none" stroke="#8a4b3c" stroke-width="5" stroke-linecap="round"/>
  ${box === undefined ? '' : `<rect x="${x - 92}" y="108" width="184" height="224" fill="none" stroke="${box}" stroke-width="4" rx="6"/>`}
  </svg>`;
}

/** The drawn hall as PNG, 640×480. */
export function drawnPng(shift = 0, box?: string): Buffer {
  return new Resvg(hallSvg(shift, box)).render().asPng();
}

/** Some JPEGs of the drawn figure moving sideways (needs ffmpeg). */
export function drawnJpegs(count: number, box?: string): Buffer[] {
  const directory = mkdtempSync(join(tmpdir(), 'vestibule-drawn-'));
  try {
    const pngs = Buffer.concat(Array.from({ length: count }, (_, i) => drawnPng(i * 8 - count * 4, box)));
    execFileSync(
      'ffmpeg',
      ['-v', 'error', '-f', 'image2pipe', '-c:v', 'png', '-i', '-', '-q:v', '3', `${directory}/%03d.jpg`],
      {
        input: pngs,
      },
    );
    return readdirSync(directory)
      .sort()
      .map((name) => readFileSync(join(directory, name)));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
