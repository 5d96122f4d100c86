import type { PolicyStatement } from "./api.ts";

/** Whether a policy allows an action on a resource; without a policy everything is allowed. */
export function allows(
  policy: readonly PolicyStatement[] | undefined,
  action: string,
  resource: string,
): boolean {
  if (!policy) return true;
  return policy.some(
    (statement) =>
      listed(statement.Action).some((pattern) => wildcard(pattern, "i").test(action)) &&
      listed(statement.Resource).some((pattern) => wildcard(pattern, "").test(resource)),
  );
}

function listed(value: string | readonly string[]): readonly string[] {
  return typeof value === "string" ? [value] : value;
}

function wildcard(pattern: string, flags: string): RegExp {
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`, `s${flags}`);
}
