import * as z from 'zod';
import type { Invoke } from '../../scripts/local/functions.ts';
import { runHandler } from '../../scripts/local/functions.ts';
import type { Handler } from '../../shared/tool-handler.ts';
import { fakeTool } from '../support/gateway-tools.ts';

/** A red pixel and an empty sound, in base64. */
const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC';
const WAV = 'UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQAAAAA=';

const image = { type: 'image', data: PNG, mimeType: 'image/png' };
const resource = {
  type: 'resource',
  resource: { uri: 'test://embedded-resource', mimeType: 'text/plain', text: 'This is an embedded resource content.' },
};

/**
 * What the functions behind the suite's tools answer. Those that the suite wants other blocks of content from answer with
 * such blocks, so that it is the gateway that decides what becomes of them.
 */
const answers: Readonly<Record<string, () => unknown>> = {
  test_simple_text: () => 'This is a simple text response for testing.',
  test_error_handling: () => {
    throw new Error('This tool intentionally returns an error for testing');
  },
  test_image_content: () => ({ content: [image] }),
  test_audio_content: () => ({ content: [{ type: 'audio', data: WAV, mimeType: 'audio/wav' }] }),
  test_embedded_resource: () => ({ content: [resource] }),
  test_multiple_content_types: () => ({
    content: [{ type: 'text', text: 'Multiple content types:' }, image, resource],
  }),
  json_schema_2020_12_tool: () => ({}),
};

const address = z.strictObject({ street: z.string().optional(), city: z.string().optional() });
const shapes: Readonly<Record<string, Readonly<Record<string, z.ZodType>>>> = {
  json_schema_2020_12_tool: { name: z.string().optional(), address: address.optional() },
};

/** The tools that the suite calls by fixed names, as Lambda targets. */
export const fixedTools = Object.keys(answers).map((name) => fakeTool(name, shapes[name], `Conformance: ${name}.`));

export const invokeFixed: Invoke = (tool, event, options) =>
  runHandler(async () => (async () => answers[tool.name]?.()) as Handler, tool, event, options);
