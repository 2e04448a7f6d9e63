import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { GatewayError } from './problem.ts';

export const STATE_PATH = join(import.meta.dirname, '..', '..', 'agent-state.json');

const VERSION = 1;

const targetState = z.object({
  id: z.string(),
  type: z.string(),
  status: z.string(),
  functionArn: z.string().optional(),
  /** Names as clients see them: `<target>___<tool>`. */
  tools: z.array(z.string()),
  schemaHash: z.string(),
  updatedAt: z.string(),
});

const cognitoState = z.object({
  userPoolId: z.string(),
  clientId: z.string(),
  domain: z.string(),
  discoveryUrl: z.string(),
  tokenEndpoint: z.string(),
  scope: z.string(),
});

const agentState = z.object({
  version: z.literal(VERSION),
  region: z.string(),
  gateway: z
    .object({
      id: z.string(),
      arn: z.string(),
      name: z.string(),
      url: z.string(),
      status: z.string(),
      authorizerType: z.string(),
      roleArn: z.string(),
      createdAt: z.string(),
      updatedAt: z.string(),
    })
    .optional(),
  cognito: cognitoState.optional(),
  /** By target name. */
  targets: z.record(z.string(), targetState),
  writtenAt: z.string(),
});

/** What `agent-state.json` holds. Times are ISO 8601. No field can hold a secret: what has no name here is not written. */
export type AgentState = z.output<typeof agentState>;
export type TargetState = z.output<typeof targetState>;
export type CognitoState = z.output<typeof cognitoState>;

/**
 * The state file, written after each step that AWS has taken. A convenience, never the truth: what exists is always asked
 * of AWS, and a lost file is made anew.
 */
export class StateFile {
  readonly path: string;
  #state: AgentState | undefined;

  constructor(path = STATE_PATH) {
    this.path = path;
  }

  /** The state, or undefined where there is no file. Throws GatewayError for a file that is not ours. */
  read(): AgentState | undefined {
    let text: string;
    try {
      text = readFileSync(this.path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {}
    const parsed = agentState.safeParse(value);
    if (parsed.success) return parsed.data;
    const fix = 'Remove it: apply finds the gateway and its targets again by their names.';
    throw new GatewayError('The state file cannot be used.', [
      { where: this.path, what: 'it is not one of ours', fix },
    ]);
  }

  /** Changes the state and writes it whole: to a file beside it, then renamed, so that nobody ever reads half of one. */
  update(region: string, change: (state: AgentState) => void, now = new Date()): void {
    this.#state ??= this.read();
    // Another Region's gateway is another gateway.
    if (this.#state?.region !== region) this.#state = { version: VERSION, region, targets: {}, writtenAt: '' };
    change(this.#state);
    this.#state = agentState.parse({ ...this.#state, writtenAt: now.toISOString() });
    const aside = `${this.path}.${process.pid}.tmp`;
    const file = openSync(aside, 'w', 0o600);
    try {
      writeSync(file, `${JSON.stringify(this.#state, null, 2)}\n`);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(aside, this.path);
  }

  remove(): void {
    this.#state = undefined;
    rmSync(this.path, { force: true });
  }
}
