import { redactCredentials } from './credentials-in-text.ts';

// Characters that a person does not see and a model does: controls (Cc; tab and newline too, since names and tags are
// one line), format characters (Cf: zero widths, bidi overrides), line separators, private use, lone surrogates, the braille blank, and
// what Unicode says may be ignored (tag letters, variation selectors, fillers).
const INVISIBLE = /\p{Default_Ignorable_Code_Point}|[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}\u2800]/gu;

// An emoji may carry a variation selector and zero-width joiners between pictographs; that is how it is written.
const EMOJI = /\p{Extended_Pictographic}\ufe0f?(?:\u200d\p{Extended_Pictographic}\ufe0f?)*/gu;

/** Longest text given of one field, in characters. AWS's longest free texts (alarm reasons, policies) are cut here. */
const MAX_TEXT = 1_000;

/**
 * Text that strangers can write, made plain: credentials are redacted, every invisible character is shown as `\u{…}`, long
 * text is cut and says so.
 */
export function neutralise(text: string): string {
  // Before the cut, which could leave half a credential that nothing recognises.
  const redacted = redactCredentials(text);
  // Nearly every string in an answer is printable ASCII: one test, no copy.
  return cut(/[^\x20-\x7e]/.test(redacted) ? showInvisible(redacted) : redacted, MAX_TEXT);
}

/** As `neutralise`, for a document of several lines: line breaks and tabs stay. */
export function neutraliseDocument(text: string, longest: number): string {
  const lines = redactCredentials(text)
    .replaceAll('\r\n', '\n')
    .split(/([\n\t])/);
  return cut(lines.map((part) => (part === '\n' || part === '\t' ? part : showInvisible(part))).join(''), longest);
}

function cut(text: string, longest: number): string {
  if (text.length <= longest) return text;
  const start = text.slice(0, longest).replace(/[\ud800-\udbff]$/, '');
  return `${start}… (${text.length - start.length} more characters)`;
}

function showInvisible(text: string): string {
  let shown = '';
  let end = 0;
  for (const emoji of text.matchAll(EMOJI)) {
    shown += spellOut(text.slice(end, emoji.index)) + emoji[0];
    end = emoji.index + emoji[0].length;
  }
  return shown + spellOut(text.slice(end));
}

function spellOut(text: string): string {
  return text.replace(INVISIBLE, (character) => `\\u{${(character.codePointAt(0) as number).toString(16)}}`);
}
