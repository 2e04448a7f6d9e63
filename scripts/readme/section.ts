/** Replaces what stands between `<!-- name -->` and `<!-- /name -->`. Throws when the page has no such section. */
export function replaceSection(page: string, name: string, text: string): string {
  const [begin, end] = [`<!-- ${name} -->\n`, `<!-- /${name} -->`];
  const from = page.indexOf(begin);
  const to = page.indexOf(end);
  if (from === -1 || to < from) throw new Error(`The page has no section ${name}.`);
  return `${page.slice(0, from + begin.length)}${text.trimEnd()}\n${page.slice(to)}`;
}
