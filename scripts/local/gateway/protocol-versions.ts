/** Newest first, as negotiation wants them. Source: AgentCore Gateway guide, "Use a gateway". */
export const PROTOCOL_VERSIONS = ['2026-07-28', '2025-11-25', '2025-06-18', '2025-03-26'] as const;

export type ProtocolVersion = (typeof PROTOCOL_VERSIONS)[number];

export interface Eras {
  /** 2026-07-28: stateless, no `initialize`. */
  readonly modern: boolean;
  /** The versions with `initialize`, newest first. */
  readonly legacy: readonly string[];
}

/** The SDK limits versions within the legacy era only, so eras are told apart here. Throws on an unknown or empty list. */
export function erasOf(versions: readonly string[] = PROTOCOL_VERSIONS): Eras {
  const unknown = versions.filter((version) => !(PROTOCOL_VERSIONS as readonly string[]).includes(version));
  if (unknown.length > 0 || versions.length === 0) {
    throw new Error(`supportedVersions: ${unknown.join(', ') || 'none'}. Known are ${PROTOCOL_VERSIONS.join(', ')}.`);
  }
  const [modern, ...older] = PROTOCOL_VERSIONS;
  return { modern: versions.includes(modern), legacy: older.filter((version) => versions.includes(version)) };
}
