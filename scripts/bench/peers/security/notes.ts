import { type Failing, type Judged, judgeByControl } from './judge.ts';

/** What a verdict counts, in words: what is missed, by the controls that nothing asks for and by others, and what is false. */
export function notesOf(
  judged: Judged,
  truth: readonly Failing[],
  asked: { has(control: string): boolean },
  reasonOf: (control: string) => string,
): string {
  const answered = [...truth.filter((each) => !judged.missed.includes(each)), ...judged.false];
  const rows = [...judgeByControl(truth, answered)];
  const unasked = rows.filter(([control, { missed }]) => missed.length > 0 && !asked.has(control));
  const missed = rows.filter(([control, each]) => each.missed.length > 0 && asked.has(control));
  const wrong = rows.filter(([, each]) => each.wrong > 0);
  const times = (part: number, whole: number) => (part === whole ? '' : ` in ${part} of ${whole}`);
  return [
    listed(
      'has no check of',
      unasked.map(([control]) => control),
    ),
    listed(
      'misses',
      missed.map(([id, { missed, expected }]) => `${id}${times(missed.length, expected)} (${reasonOf(id)})`),
    ),
    listed(
      'calls wrong what is right:',
      wrong.map(([id, { wrong }]) => `${id} × ${wrong} (${reasonOf(id)})`),
    ),
  ]
    .filter((each) => each !== '')
    .join('; ');
}

function listed(what: string, items: readonly string[]): string {
  return items.length === 0 ? '' : `${what} ${items.join(', ')}`;
}
