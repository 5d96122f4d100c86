import type { TemplateValue } from "./parse.ts";
import { isList } from "./parse.ts";

/** A mapping of a template. */
export type Mapping = { readonly [key: string]: TemplateValue };

/** Whether a value is a mapping: neither a list nor a scalar. */
export function isMapping(value: TemplateValue | undefined): value is Mapping {
  return typeof value === "object" && value !== null && !isList(value);
}

/** The value if it is a mapping, else an empty one. */
export function mapping(value: TemplateValue | undefined): Mapping {
  return isMapping(value) ? value : {};
}

/** A function of CloudFormation: a mapping of one key that names it. */
export interface Intrinsic {
  readonly name: string;
  readonly argument: TemplateValue;
}

/** The intrinsic function that a value is, as SAM recognises it; undefined for any other value. */
export function intrinsicOf(value: TemplateValue | undefined): Intrinsic | undefined {
  if (!isMapping(value)) return undefined;
  const [entry, another] = Object.entries(value);
  if (!entry || another) return undefined;
  const [name, argument] = entry;
  return name === "Ref" || name === "Condition" || name.startsWith("Fn::") ? { name, argument } : undefined;
}

/** `!Ref AWS::NoValue`: CloudFormation takes the property for absent. */
export function isNoValue(value: TemplateValue | undefined): boolean {
  const intrinsic = intrinsicOf(value);
  return intrinsic?.name === "Ref" && intrinsic.argument === "AWS::NoValue";
}

/** An intrinsic in its short form, for messages and hints; `…` stands for arguments that are no plain texts. */
export function nameOf({ name, argument }: Intrinsic): string {
  const texts = isList(argument) && argument.every((one) => typeof one === "string") ? argument : undefined;
  const short = name === "Fn::GetAtt" ? texts?.join(".") : texts && `[${texts.join(", ")}]`;
  return `!${name.replace("Fn::", "")} ${typeof argument === "string" ? argument : (short ?? "…")}`;
}
