/** A layer version as a listing gives it. */
export interface ListedVersion {
  /** The layer's name. */
  readonly layer: string;
  readonly version: number;
  readonly arn: string;
  readonly description: string;
  /** An invalid date when Lambda's cannot be read. */
  readonly created: Date;
}

/** What is kept though no function uses it. */
export interface Retention {
  /** So many of each layer, the newest ones. */
  readonly keep: number;
  /** In days: what is younger may be meant for a deployment that is yet to come. */
  readonly minimumAge: number;
  readonly now: Date;
}

/** Why a version is kept, or (`unused`) deleted. */
export type RetentionReason =
  | {
      /** `Orders:$LATEST`, `Orders:7` */
      readonly kind: "used";
      readonly by: readonly string[];
    }
  | { readonly kind: "newest"; readonly keep: number }
  | { readonly kind: "young"; readonly days: number }
  | { readonly kind: "undated" }
  | { readonly kind: "unused" };

/** A version of sam-pkg's with what is to become of it. */
export interface JudgedVersion extends ListedVersion {
  readonly verdict: "keep" | "delete";
  /** All that keep it, or the one that does not. */
  readonly reasons: readonly RetentionReason[];
}

const DAY = 24 * 60 * 60 * 1000;

/** Whether sam-pkg published a version: its description begins with the digest of what is in it. */
export function isOwn(description: string): boolean {
  return /^sam-pkg sha256:[0-9a-f]{64}(?: |$)/.test(description);
}

/**
 * Decides on sam-pkg's versions; those of others are left out and do not count.
 * @param used names of the function versions that use a layer version, by its ARN
 * @returns each version once, by layer, the newest first
 */
export function judge(
  versions: readonly ListedVersion[],
  used: ReadonlyMap<string, readonly string[]>,
  retention: Retention,
): JudgedVersion[] {
  // A listing that changes between its pages may give a version twice, which must not count twice among the newest.
  const own = new Map(
    versions.filter(({ description }) => isOwn(description)).map((version) => [version.arn, version]),
  );
  const rank = new Map<string, number>();
  return [...own.values()]
    .toSorted((a, b) => (a.layer === b.layer ? b.version - a.version : a.layer < b.layer ? -1 : 1))
    .map((version) => {
      const newer = rank.get(version.layer) ?? 0;
      rank.set(version.layer, newer + 1);
      const reasons = reasonsToKeep(version, newer, used.get(version.arn) ?? [], retention);
      return reasons.length > 0
        ? { ...version, verdict: "keep", reasons }
        : { ...version, verdict: "delete", reasons: [{ kind: "unused" }] };
    });
}

/** @param newer how many versions of the layer are newer */
function reasonsToKeep(
  { created }: ListedVersion,
  newer: number,
  by: readonly string[],
  { keep, minimumAge, now }: Retention,
): RetentionReason[] {
  const reasons: RetentionReason[] = [];
  if (by.length > 0) reasons.push({ kind: "used", by });
  if (newer < keep) reasons.push({ kind: "newest", keep });
  const age = now.getTime() - created.getTime();
  if (Number.isNaN(age)) reasons.push({ kind: "undated" });
  else if (age < minimumAge * DAY) reasons.push({ kind: "young", days: minimumAge });
  return reasons;
}
