import { neutraliseDocument } from '../../shared/untrusted-text.ts';
import type { JsonSchema } from './resolve-reference.ts';

/**
 * An argument's own description is cut here, in characters: some 100 tokens, of the 300 that a definition of ours may cost.
 * A definition is paid in every conversation, used or not.
 */
const MAX_ARGUMENT_DESCRIPTION = 400;
/** Longest list of allowed values, in characters. */
const MAX_VALUES = 400;

/** What a schema says beyond type, properties and items, as one text for its description. */
export function wordsOf(schema: JsonSchema): string {
  const { description, enum: values, format, pattern, multipleOf, examples, minProperties, maxProperties } = schema;
  return [
    typeof description === 'string' ? sentence(neutraliseDocument(description.trim(), MAX_ARGUMENT_DESCRIPTION)) : '',
    'const' in schema ? `Always: ${valueWords([schema.const])}.` : '',
    Array.isArray(values) ? `One of: ${valueWords(values.filter((value) => value !== null))}.` : '',
    said('Format', format),
    said('Encoding', schema.contentEncoding),
    said('Pattern', pattern),
    numeric('More than', schema.exclusiveMinimum),
    numeric('Less than', schema.exclusiveMaximum),
    numeric('A multiple of', multipleOf),
    numeric('Keys at least:', minProperties),
    numeric('Keys at most:', maxProperties),
    schema.uniqueItems === true ? 'No duplicates.' : '',
    Array.isArray(examples) && examples.length > 0 ? `E.g. ${valueWords(examples.slice(0, 3))}.` : '',
    schema.deprecated === true ? 'Deprecated.' : '',
  ]
    .filter((part) => part !== '')
    .join(' ');
}

/** What follows must not read as its continuation. */
function sentence(text: string): string {
  return text === '' || /[.!?:;)\]]$/.test(text) ? text : `${text}.`;
}

/** Values of JSON as words, with commas. */
export function valueWords(values: readonly unknown[]): string {
  const words = values.map((value) => (typeof value === 'string' ? value : JSON.stringify(value))).join(', ');
  return neutraliseDocument(words, MAX_VALUES);
}

function said(word: string, value: unknown): string {
  return typeof value === 'string' ? `${word}: ${valueWords([value])}.` : '';
}

function numeric(word: string, value: unknown): string {
  return typeof value === 'number' ? `${word} ${value}.` : '';
}
