/** More pages than any walk of a test has: a cursor that never ends fails here instead of hanging. */
const MOST_PAGES = 1_000;

interface Page {
  readonly next_token?: string | undefined;
}

/** Asks the same thing with each cursor until there is none, and gives all answers in their order. */
export async function walk<Answer extends Page>(
  ask: (event: object) => Promise<Answer>,
  event: object,
): Promise<Answer[]> {
  const answers = [await ask(event)];
  for (let next_token = answers[0]?.next_token; next_token !== undefined; next_token = answers.at(-1)?.next_token) {
    if (answers.length === MOST_PAGES) throw new Error(`The cursor still goes on after ${MOST_PAGES} pages.`);
    answers.push(await ask({ ...event, next_token }));
  }
  return answers;
}
