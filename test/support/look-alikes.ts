/** Every decimal digit of Unicode. They stand in tens, those of ASCII first. */
const DIGITS = Array.from({ length: 0x11_0000 }, (_, code) => String.fromCodePoint(code)).filter((character) =>
  /\p{Nd}/u.test(character),
);

/** The digits 0 to 9 of every other script that Unicode knows: Arabic-Indic, Devanagari, full-width, mathematical … */
export const OTHER_DIGITS: readonly string[][] = Array.from({ length: DIGITS.length / 10 }, (_, script) =>
  DIGITS.slice(script * 10, script * 10 + 10),
).slice(1);

/** What looks like these characters, or becomes them under NFKC or without regard to case. */
const CONFUSABLE: Readonly<Record<string, readonly string[]>> = {
  a: ['а', 'ａ', 'α', '𝐚', 'ª', 'á'],
  c: ['с', 'ｃ', 'ϲ', 'ⅽ'],
  e: ['е', 'ｅ', '𝑒', 'é'],
  i: ['і', 'ｉ', 'ı', 'ⅰ', 'İ'],
  n: ['ｎ', 'ո', 'ñ'],
  o: ['о', 'ｏ', 'ο', '०'],
  s: ['ѕ', 'ｓ', 'ſ', 'ß'],
  t: ['ｔ', 'т', '𝗍'],
  u: ['ｕ', 'υ', 'ü'],
  w: ['ｗ', 'ѡ'],
  '-': ['‐', '‑', '–', '−', '﹣', '－', '\u00ad'],
  ':': ['：', '∶', 'ː', '﹕'],
  '/': ['／', '⁄', '∕'],
  '1': ['l', 'I', '１', '¹', '①', '١', 'Ⅰ', '|'],
};

/** Not seen within a text, or turning its direction. */
const UNSEEN = ['\u200b', '\u200d', '\u2060', '\u00ad', '\u202e', '\u2066', '\u0000', '\u034f', '\ufe0f', '\u{e0061}'];

/** Texts that a person takes for this one, each another string: one character replaced, or an unseen one within. */
export function lookAlikes(text: string): string[] {
  const replaced = [...text].flatMap((character, index) =>
    (CONFUSABLE[character] ?? []).map((other) => text.slice(0, index) + other + text.slice(index + 1)),
  );
  const middle = Math.floor(text.length / 2);
  const hidden = UNSEEN.flatMap((unseen) => [
    text.slice(0, middle) + unseen + text.slice(middle),
    unseen + text,
    text + unseen,
  ]);
  return [...new Set([...replaced, ...hidden, text.toUpperCase(), wide(text)])].filter((other) => other !== text);
}

/** Full-width, as the input methods of Chinese and Japanese write it. */
function wide(text: string): string {
  return text.replace(/[!-~]/g, (character) => String.fromCodePoint((character.codePointAt(0) as number) + 0xfee0));
}
