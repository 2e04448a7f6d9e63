import type { CallToolResult, ContentBlock } from '@modelcontextprotocol/client';
import { neutraliseDocument } from '../untrusted-text.ts';

/** As for an explicit max_results: an answer beyond this fills a model's context with one call. In characters of JSON. */
const MAX_RESULT = 64 * 1_024;

/** No answer for a reader is nested so deep; one that is would exhaust the stack. */
const MAX_DEPTH = 100;

/** A server's result as data of our answer: its structured form, else its text, as JSON where it is JSON. */
export function resultOf({ content = [], structuredContent }: CallToolResult): unknown {
  const blocks = content.map(blockOf);
  const value = structuredContent ?? (blocks.length === 1 ? blocks[0] : blocks);
  const plain = neutralised(value);
  const text = typeof plain === 'string' ? plain : JSON.stringify(plain);
  // What is too long is text, and says how much is missing: half a structure would look like a whole one.
  return text.length > MAX_RESULT ? neutraliseDocument(text, MAX_RESULT) : plain;
}

function blockOf(block: ContentBlock): unknown {
  switch (block.type) {
    case 'text':
      return jsonIn(block.text);
    case 'resource_link':
      return { uri: block.uri, name: block.name };
    case 'resource':
      return 'text' in block.resource
        ? { uri: block.resource.uri, text: block.resource.text }
        : { uri: block.resource.uri, not_passed_on: 'binary contents' };
    default:
      // The Gateway passes a Lambda's answer on as text.
      return { not_passed_on: `${block.type}: ${block.mimeType}, ${block.data.length} characters of base64` };
  }
}

function jsonIn(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function neutralised(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return neutraliseDocument(value, Number.POSITIVE_INFINITY);
  if (typeof value !== 'object' || value === null) return value;
  if (depth === MAX_DEPTH) return { not_passed_on: `nested deeper than ${MAX_DEPTH} levels` };
  if (Array.isArray(value)) return value.map((each) => neutralised(each, depth + 1));
  const entries = Object.entries(value).map(
    ([key, each]) => [neutraliseDocument(key, 200), neutralised(each, depth + 1)] as const,
  );
  return Object.fromEntries(entries);
}
