import {
  type CloudWatchLogsClient,
  type FilteredLogEvent,
  FilterLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { isError } from './control.ts';

export interface LogQuery {
  /** Log groups. */
  readonly groups: readonly string[];
  /** Milliseconds since the epoch. */
  readonly since: number;
  /** CloudWatch Logs filter pattern. */
  readonly filter?: string | undefined;
  /** Most lines, over all groups. */
  readonly limit: number;
}

export interface LogLine {
  readonly at: Date;
  readonly group: string;
  readonly message: string;
}

export interface Logs {
  /** Oldest first. */
  readonly lines: readonly LogLine[];
  /** Groups that do not exist: nothing has been logged there, or delivery is not set up. */
  readonly missing: readonly string[];
}

/** Where a gateway's own log lines go, once their delivery is set up (guide, "Observability"). */
export function gatewayLogGroup(gatewayId: string): string {
  return `/aws/vendedlogs/bedrock-agentcore/gateway/APPLICATION_LOGS/${gatewayId}`;
}

export function functionLogGroup(functionName: string): string {
  return `/aws/lambda/${functionName}`;
}

const DURATION = /^(\d+)([smhd])$/;
const UNITS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** `15m`, `2h`, `1d` in milliseconds; undefined for another form. */
export function durationMs(text: string): number | undefined {
  const [, count, unit] = DURATION.exec(text) ?? [];
  return count === undefined ? undefined : Number(count) * UNITS[unit as keyof typeof UNITS];
}

/** The newest lines of the groups since a time, over every page. */
export async function readLogs(client: CloudWatchLogsClient, query: LogQuery): Promise<Logs> {
  const missing: string[] = [];
  const lines: LogLine[] = [];
  for (const group of query.groups) {
    try {
      for (const event of await readGroup(client, group, query)) lines.push(toLine(group, event));
    } catch (error) {
      if (!isError(error, 'ResourceNotFoundException')) throw error;
      missing.push(group);
    }
  }
  lines.sort((one, other) => one.at.getTime() - other.at.getTime());
  return { lines: lines.slice(-query.limit), missing };
}

async function readGroup(client: CloudWatchLogsClient, logGroupName: string, { since, filter, limit }: LogQuery) {
  const events: FilteredLogEvent[] = [];
  let nextToken: string | undefined;
  do {
    const page = await client.send(
      new FilterLogEventsCommand({
        logGroupName,
        startTime: since,
        ...(filter === undefined ? {} : { filterPattern: filter }),
        ...(nextToken === undefined ? {} : { nextToken }),
      }),
    );
    events.push(...(page.events ?? []));
    // Oldest come first, so that those in front of the newest may be dropped on the way.
    if (events.length > limit) events.splice(0, events.length - limit);
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return events;
}

function toLine(group: string, { timestamp = 0, message = '' }: FilteredLogEvent): LogLine {
  return { at: new Date(timestamp), group, message: message.trimEnd() };
}
