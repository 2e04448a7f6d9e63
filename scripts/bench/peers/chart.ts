import type { PeerRow } from './types.ts';

const WIDTH = 950;
const LABELS = 540;
const BAR = 18;
const LINE = 28;

const style = `
text { font: 13px system-ui, sans-serif; fill: #1f2328 }
.title { font-weight: 600 }
.small { font-size: 11px; fill: #59636e }
.bar { fill: #8c959f }
.ours { fill: #0969da }
@media (prefers-color-scheme: dark) {
  text { fill: #f0f6fc }
  .small { fill: #9198a1 }
  .bar { fill: #656c76 }
  .ours { fill: #4493f8 }
}`;

/**
 * An SVG of the milliseconds of each row that has figures, one group for each question, on one scale from 0 within the
 * group. It has no background and follows the reader's light or dark scheme.
 *
 * @param caption the small print: date, versions, machine
 */
export function chartOf(rows: readonly PeerRow[], caption: string): string {
  const parts: string[] = [];
  let y = 8;
  for (const [question, asked] of Map.groupBy(rows, (row) => row.question)) {
    const measured = asked.flatMap((row) => (row.figures === undefined ? [] : [{ ...row, ms: row.figures.ms }]));
    if (measured.length === 0) continue;
    const longest = Math.max(...measured.map(({ ms }) => ms));
    y += LINE;
    parts.push(text(0, y - 8, question, 'title'));
    for (const { subject, ours, ms } of measured) {
      const width = Math.max(2, (ms / longest) * (WIDTH - LABELS - 80));
      parts.push(
        text(0, y + 14, subject),
        `<rect class="${ours ? 'ours' : 'bar'}" x="${LABELS}" y="${y}" width="${width.toFixed(1)}" height="${BAR}" rx="2"/>`,
        text(LABELS + width + 6, y + 14, `${Math.round(ms).toLocaleString('en')} ms`),
      );
      y += LINE;
    }
  }
  y += LINE;
  parts.push(text(0, y - 8, caption, 'small'));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y}" width="${WIDTH}" height="${y}" role="img" aria-label="Milliseconds of each question">
<style>${style}</style>
${parts.join('\n')}
</svg>
`;
}

function text(x: number, y: number, words: string, kind?: string): string {
  const escaped = words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('`', '');
  return `<text x="${x.toFixed(1)}" y="${y}"${kind === undefined ? '' : ` class="${kind}"`}>${escaped}</text>`;
}
