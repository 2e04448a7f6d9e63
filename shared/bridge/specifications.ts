import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type BridgeKind,
  type BridgeSpecification,
  type BridgesFile,
  bridgesFile,
} from '../../schemas/bridge-specification.ts';
import { splitVisibleName } from '../../schemas/visible-name.ts';
import type { Call } from '../call.ts';
import { ToolError } from '../errors.ts';

type OfKind<K extends BridgeKind> = Extract<BridgeSpecification, { kind: K }>;

/** A bridge and the tool of it that is called. */
export interface Asked<K extends BridgeKind> {
  /** The bridge's name, which is its target's. */
  readonly name: string;
  readonly specification: OfKind<K>;
  /** The server's own name of the tool. */
  readonly tool: string;
  /** Annotated as read-only or idempotent: may be sent a second time. */
  readonly repeatable: boolean;
  /** The folder of the file of specifications, which relative paths are relative to. */
  readonly folder: string;
}

/**
 * The bridge and tool that the Gateway says it called. Throws `not_configured` for a function without a valid bridges.json,
 * `invalid_input` for a tool that is not on the allow-list.
 */
export async function askedBridge<K extends BridgeKind>(kind: K, { visibleName = '' }: Call): Promise<Asked<K>> {
  const path = process.env.CENTRAL_OPS_BRIDGES || fileURLToPath(new URL('bridges.json', import.meta.url));
  const { bridges } = await readBridges(path);
  const { target, tool } = splitVisibleName(visibleName);
  // A gateway may put a prefix before its targets' names. Of two that end so, the longer is meant: team-files, not files.
  const [name = ''] = Object.keys(bridges)
    .filter((each) => `-${target}`.endsWith(`-${each}`))
    .sort((a, b) => b.length - a.length);
  const specification = bridges[name];
  if (specification?.kind !== kind) {
    throw new ToolError(
      'invalid_input',
      'The call does not name a tool of this bridge: it must come through a gateway.',
    );
  }
  const allowed = Object.hasOwn(specification.tools, tool) ? specification.tools[tool] : undefined;
  if (allowed === undefined) {
    throw new ToolError('invalid_input', `The tool is not on the allow-list of the bridge ${name}.`, { field: 'tool' });
  }
  return {
    name,
    specification: specification as OfKind<K>,
    tool,
    repeatable: allowed.repeatable,
    folder: dirname(resolve(path)),
  };
}

/** By path: a function's own file does not change while it runs. */
const read = new Map<string, BridgesFile>();

async function readBridges(path: string): Promise<BridgesFile> {
  const known = read.get(path);
  if (known !== undefined) return known;
  try {
    const bridges = bridgesFile.parse(JSON.parse(await readFile(path, 'utf8')));
    read.set(path, bridges);
    return bridges;
  } catch {
    throw new ToolError(
      'not_configured',
      'The file of bridges beside the function is missing or wrong. Nothing was called.',
    );
  }
}
