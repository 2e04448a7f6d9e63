/** A failure as moto holds it: what it is about, and whether it counts. */
export interface Held {
  readonly control: string;
  readonly resource: string;
  /** Where it is, when not in the Region that was read. */
  readonly region?: string;
  /** What else answers call the resource: its name, the ID of a part of it. */
  readonly aliases?: readonly (string | undefined)[];
  /**
   * True, and neither expected of anybody nor wrong: it comes with every VPC that nobody made, or the control's definition
   * and a peer's differ on it.
   */
  readonly beside?: boolean;
}

/** The Name tag. */
export function nameOf(tags: readonly { Key?: string | undefined; Value?: string | undefined }[] = []) {
  return tags.find(({ Key }) => Key === 'Name')?.Value;
}
