/** Starts every description of ours: by it a target is known again when the state file is lost. */
const MARK = 'Central Ops: ';
const MAX_DESCRIPTION = 200;

/** A description of ours: marked, and cut to what AWS takes. */
export function describe(text: string): string {
  const full = `${MARK}${text}`;
  return full.length <= MAX_DESCRIPTION ? full : `${full.slice(0, MAX_DESCRIPTION - 1)}…`;
}

export function isOurs(description: string | undefined): boolean {
  return description?.startsWith(MARK) === true;
}
