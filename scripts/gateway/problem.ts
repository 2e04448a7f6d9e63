/** What is wrong, and what to do about it. */
export interface Problem {
  /** The value or resource, e.g. `gateway.name` or a target's name. */
  readonly where: string;
  readonly what: string;
  readonly fix: string;
}

/** Ends a command with lines for people: one per problem, no stack. */
export class GatewayError extends Error {
  override readonly name = 'GatewayError';
  readonly problems: readonly Problem[];
  constructor(title: string, problems: readonly Problem[] = []) {
    super([title, ...problems.map(problemLine)].join('\n'));
    this.problems = problems;
  }
}

export function problemLine({ where, what, fix }: Problem): string {
  return `  ${where}: ${what}\n    Fix: ${fix}`;
}

/** The words of any thrown value; AWS errors with their name in front. */
export function errorText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.name === 'Error' || error.name === 'GatewayError' ? error.message : `${error.name}: ${error.message}`;
}
