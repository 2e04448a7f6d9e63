import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';

const logger = new Logger({ serviceName: 'central-ops-tools' });
const metrics = new Metrics({ namespace: 'CentralOpsTools', serviceName: 'central-ops-tools' });

/** AWS request IDs kept in an audit line: enough to find a call, few enough for a line of log. */
const MAX_LISTED = 20;

let coldStart = true;

/** What a call did, written as one line of log and one set of metrics when it ends. Holds no secrets. */
export class Audit {
  readonly #started = performance.now();
  readonly #tool: string;
  readonly #facts: Record<string, unknown>;
  readonly #requestIds: string[] = [];
  readonly #sessions = new Set<string>();
  #requests = 0;
  #inFlight = 0;
  #peakInFlight = 0;

  constructor(tool: string, who: Record<string, unknown>) {
    this.#tool = tool;
    this.#facts = { ...who, cold_start: coldStart };
    coldStart = false;
  }

  requestStarted(): void {
    this.#requests++;
    this.#inFlight++;
    this.#peakInFlight = Math.max(this.#peakInFlight, this.#inFlight);
  }

  requestEnded(metadata: { requestId?: string; attempts?: number } | undefined): void {
    this.#inFlight--;
    if (metadata?.requestId !== undefined && this.#requestIds.length < MAX_LISTED)
      this.#requestIds.push(metadata.requestId);
  }

  /** A session that the call used: its name stands in the member account's CloudTrail. */
  session(name: string): void {
    if (this.#sessions.size < MAX_LISTED) this.#sessions.add(name);
  }

  /** Adds facts such as the number of cells; later ones win. */
  note(facts: Record<string, unknown>): void {
    Object.assign(this.#facts, facts);
  }

  /** Writes the line. `outcome` is ok, partial or an error code. */
  end(outcome: string): void {
    const duration = Math.round(performance.now() - this.#started);
    logger.info('tool call', {
      tool: this.#tool,
      outcome,
      ...this.#facts,
      aws_requests: this.#requests,
      peak_in_flight: this.#peakInFlight,
      aws_request_ids: this.#requestIds,
      sessions: [...this.#sessions],
      duration_ms: duration,
    });
    metrics.addDimension('tool', this.#tool);
    metrics.addMetric('Duration', MetricUnit.Milliseconds, duration);
    metrics.addMetric('AwsRequests', MetricUnit.Count, this.#requests);
    metrics.addMetric(outcome === 'ok' || outcome === 'partial' ? 'Success' : 'Failure', MetricUnit.Count, 1);
    if (outcome !== 'ok') metrics.addMetric(`Outcome_${outcome}`, MetricUnit.Count, 1);
    metrics.publishStoredMetrics();
  }
}

/** For local runs, where stdout belongs to others: log lines go to `write`, metrics nowhere. No bundle holds it. */
export function divertLog(write: (line: string) => void): void {
  const to = (line: (text: string) => void) => ({ debug: line, info: line, warn: line, error: line, log: line });
  Object.assign(logger, { console: to((text) => write(text)) });
  Object.assign(metrics, { console: to(() => {}) });
}

/** An unforeseen fault of ours, with its stack, for us alone. AWS's own texts stay out: they may quote the caller. */
export function logFault(error: unknown): void {
  const { name, stack } = error instanceof Error ? error : new Error();
  logger.error('fault', {
    name,
    stack: stack
      ?.split('\n')
      .filter((line) => line.startsWith('    at '))
      .slice(0, 8),
  });
}
