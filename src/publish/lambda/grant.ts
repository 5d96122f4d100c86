/** Whom a layer version is shared with. */
export interface Grant {
  /** As the user wrote it. */
  readonly name: string;
  /** A 12-digit account, or `*`. */
  readonly principal: string;
  readonly organization?: string;
  /** Names the statement in the version's policy: the same for the same grant, so that it is never there twice. */
  readonly statementId: string;
}

/**
 * Reads `123456789012`, `o-abc123def4` or `everyone`; undefined for anything else.
 * Source of the forms: AddLayerVersionPermission, Principal and OrganizationId.
 */
export function parseGrant(name: string): Grant | undefined {
  if (/^\d{12}$/.test(name)) return { name, principal: name, statementId: `sam-pkg-${name}` };
  if (/^o-[a-z0-9]{10,32}$/.test(name))
    return { name, principal: "*", organization: name, statementId: `sam-pkg-${name}` };
  if (name === "everyone") return { name, principal: "*", statementId: "sam-pkg-everyone" };
  return undefined;
}
