/** What a program is given: the gateway's address, the calls to make as JSON, and options of its own. */
const [address = '', calls = '[]', ...more] = process.argv.slice(2);

export const url = new URL(address);
export const options = more;

/**
 * Prints what a client makes of the gateway: the names of its tools, how many of them its first list held, and of each call
 * the text and whether it was told that the tool has failed. To throw is a client's way to say so.
 */
export async function report({ list, call }) {
  let { names, nextCursor } = await list();
  const tools = [...names];
  const first = names.length;
  while (nextCursor !== undefined) {
    ({ names, nextCursor } = await list(nextCursor));
    tools.push(...names);
  }
  const answers = [];
  for (const { name, args } of JSON.parse(calls)) answers.push(await call(name, args).catch(thrown));
  process.stdout.write(JSON.stringify({ tools, first, answers }));
}

/** The list in a result of tools/list, or of tools alone from clients that read all pages. */
export function listIn({ tools, nextCursor }) {
  return { names: tools.map(({ name }) => name), nextCursor };
}

/** The answer in a result of tools/call. */
export function answerIn({ content, isError = false }) {
  return { text: content.map(({ text }) => text).join('\n'), isError, thrown: false };
}

function thrown(error) {
  return { text: String(error?.message ?? error), isError: true, thrown: true };
}
