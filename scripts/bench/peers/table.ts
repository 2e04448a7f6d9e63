import type { Section } from '../report.ts';
import type { Figures, PeerRow } from './types.ts';

type Column = readonly [heading: string, pick: (figures: Figures) => number | undefined];

const columns: readonly Column[] = [
  ['ms', ({ ms }) => ms],
  ['calls', ({ calls }) => calls],
  ['in flight', ({ peakInFlight }) => peakInFlight],
  ['MiB', ({ peakMemoryMb }) => peakMemoryMb],
  ['answer tokens', ({ answerTokens }) => answerTokens],
  ['tool list tokens', ({ toolListTokens }) => toolListTokens],
];

/** One table for each question, in the order of the rows: figures, and behind those of others ours ÷ theirs. */
export function tablesOf(rows: readonly PeerRow[]): Section[] {
  return [...Map.groupBy(rows, ({ question }) => question)].map(([title, asked]) => {
    const base = asked.find(({ ours }) => ours)?.figures;
    return {
      title,
      columns: ['', ...columns.map(([heading]) => heading), 'right', 'wrong'],
      rows: asked.map((row) => [row.subject, ...cells(row, row.figures === base ? undefined : base)]),
      goals: [],
      notes: notesOf(asked),
    };
  });
}

function cells({ figures, why }: PeerRow, base: Figures | undefined): string[] {
  if (figures === undefined) return [`cannot run here: ${why}`, ...columns.map(() => '–'), '–'];
  const { answer } = figures;
  return [
    ...columns.map(([, pick]) => {
      const [theirs, own] = [pick(figures), base && pick(base)];
      if (theirs === undefined) return '–';
      const shown = Math.round(theirs).toLocaleString('en');
      return own === undefined || theirs === 0 ? shown : `${shown} (${ratio(own / theirs)})`;
    }),
    ...(answer === undefined ? ['–', '–'] : [`${answer.found} of ${answer.expected}`, String(answer.wrong)]),
  ];
}

/** Two significant digits: 0.071, 0.58, 12. */
function ratio(value: number): string {
  return value >= 10 ? value.toFixed(0) : String(Number(value.toPrecision(2)));
}

function notesOf(rows: readonly PeerRow[]): string[] {
  const notes = rows.filter(({ note }) => note !== undefined).map(({ subject, note }) => `- ${subject}: ${note}.`);
  return notes.length === 0 ? [] : [notes.join('\n')];
}
