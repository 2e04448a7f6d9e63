import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, relative } from 'node:path';
import * as z from 'zod';
import type { GatewayTool } from '../../schemas/gateway-schema.ts';
import { GatewayError } from '../gateway/problem.ts';
import type { ConfiguredBridge } from './configured-bridges.ts';

const discovered = z.strictObject({
  server: z.strictObject({ name: z.string(), version: z.string() }),
  /** The negotiated MCP version. */
  protocol: z.string(),
  /** What the Gateway is given, by name. */
  tools: z.array(
    z.strictObject({
      name: z.string(),
      description: z.string(),
      inputSchema: z.custom<GatewayTool['inputSchema']>((value) => typeof value === 'object' && value !== null),
    }),
  ),
  /** Tools that the server calls read-only or idempotent: a call may be sent a second time. */
  repeatable: z.array(z.string()),
  /** Allowed tools that the Gateway's schema cannot say, with the reason. */
  refused: z.record(z.string(), z.string()),
  /** Names that are not on the allow-list. */
  others: z.array(z.string()),
  /** SHA-256 of all the above: the file is what a server was found to offer, not what somebody wrote into it. */
  digest: z.string(),
});

/** generated/bridges/<name>.json: what a server offers, as the Gateway is told it. */
export type Discovered = z.output<typeof discovered>;

export function withDigest(found: Omit<Discovered, 'digest'>): Discovered {
  return { ...found, digest: createHash('sha256').update(JSON.stringify(found)).digest('hex') };
}

/** The text of the file: the same findings give the same bytes. */
export function textOf(found: Discovered): string {
  return `${JSON.stringify(found, null, 2)}\n`;
}

/** Reads what was discovered of a bridge; throws GatewayError when it is missing, wrong, edited or of another allow-list. */
export async function readDiscovered({ name, generatedFile, allow }: ConfiguredBridge): Promise<Discovered> {
  const fix = `Run npm run gateway -- discover ${name}.`;
  const text = await readFile(generatedFile, 'utf8').catch(() => undefined);
  const where = relative(process.cwd(), generatedFile);
  const wrong = (what: string) => new GatewayError(`The bridge ${name} cannot be served.`, [{ where, what, fix }]);
  if (text === undefined) throw wrong('its tools are not discovered yet');
  const parsed = discovered.safeParse(jsonIn(text));
  if (!parsed.success) throw wrong('the file does not hold what discovery writes');
  const { digest, ...found } = parsed.data;
  if (withDigest(found).digest !== digest) throw wrong('the file was edited by hand');
  const known = [...found.tools.map((tool) => tool.name), ...Object.keys(found.refused)].sort();
  if (known.join() !== [...new Set(allow)].sort().join()) throw wrong('it was discovered for another allow-list');
  return parsed.data;
}

export async function writeDiscovered({ generatedFile }: ConfiguredBridge, found: Discovered): Promise<void> {
  await mkdir(dirname(generatedFile), { recursive: true });
  await writeFile(generatedFile, textOf(found));
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
