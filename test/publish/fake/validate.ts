import { Refusal } from "./refusal.ts";

/** The service model's constraints on one member. */
export interface Constraints {
  readonly required?: boolean;
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: RegExp;
  readonly values?: readonly string[];
}

/** The error the service model gives for an unacceptable parameter. */
export function invalid(message: string): Refusal {
  return new Refusal(400, "InvalidParameterValueException", message);
}

function violates(
  value: string | readonly unknown[] | undefined,
  member: string,
  constraint: string,
): Refusal {
  return invalid(
    `1 validation error detected: Value ${shown(value)} at '${member}' failed to satisfy constraint: ${constraint}`,
  );
}

function shown(value: string | readonly unknown[] | undefined): string {
  if (value === undefined) return "null";
  return typeof value === "string" ? `'${value}'` : `'[${value.join(", ")}]'`;
}

/** Checks a string member. Throws Refusal. */
export function stringOf(value: unknown, member: string, constraints: Constraints): string | undefined {
  if (value === undefined || value === null) {
    if (constraints.required) throw violates(undefined, member, "Member must not be null");
    return undefined;
  }
  if (typeof value !== "string") throw notOfType(member, "a string");
  // A model's length counts characters, not UTF-16 units.
  checkRange(Array.from(value).length, value, member, constraints, "length");
  const { pattern, values } = constraints;
  if (pattern && !new RegExp(`^(?:${pattern.source})$`, pattern.flags).test(value)) {
    throw violates(value, member, `Member must satisfy regular expression pattern: ${pattern.source}`);
  }
  if (values && !values.includes(value)) {
    throw violates(value, member, `Member must satisfy enum value set: [${values.join(", ")}]`);
  }
  return value;
}

/** Checks a list of strings. Throws Refusal. */
export function stringsOf(value: unknown, member: string, constraints: Constraints): string[] {
  if (value === undefined || value === null) return [];
  if (!isList(value)) throw notOfType(member, "a list");
  checkRange(value.length, value, member, constraints, "length");
  const { values } = constraints;
  return value.map((item) => {
    if (typeof item !== "string") throw notOfType(member, "a list of strings");
    if (values && !values.includes(item)) {
      const constraint = `Member must satisfy constraint: [Member must satisfy enum value set: [${values.join(", ")}]]`;
      throw violates(value, member, constraint);
    }
    return item;
  });
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

/** Checks a whole number that came as text. Throws Refusal. */
export function integerOf(
  text: string | undefined,
  member: string,
  constraints: Constraints,
): number | undefined {
  if (text === undefined) return undefined;
  if (!/^-?\d+$/.test(text)) throw notOfType(member, "an integer");
  checkRange(Number(text), text, member, constraints, "value");
  return Number(text);
}

function checkRange(
  measure: number,
  value: string | readonly unknown[],
  member: string,
  { min, max }: Constraints,
  what: "length" | "value",
): void {
  if (min !== undefined && measure < min) {
    throw violates(value, member, `Member must have ${what} greater than or equal to ${min}`);
  }
  if (max !== undefined && measure > max) {
    throw violates(value, member, `Member must have ${what} less than or equal to ${max}`);
  }
}

function notOfType(member: string, type: string): Refusal {
  return new Refusal(400, "SerializationException", `${member} is not ${type}`);
}
