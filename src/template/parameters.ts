import type { Mapping } from "./mapping.ts";
import { isMapping, mapping } from "./mapping.ts";
import type { TemplateValue } from "./parse.ts";

/** What the template's parameters are given, as `sam build` would see it. */
export interface ParameterValues {
  readonly overrides: Readonly<Record<string, string>>;
  /** Names of those that a parent stack gives values which only a deployment knows. */
  readonly unknown?: readonly string[];
  /** AWS::Region; SAM's default when absent. */
  readonly region?: string;
}

/** The pseudo parameters as SAM resolves them (IntrinsicsSymbolTable). */
const PSEUDO: Readonly<Record<string, string>> = {
  "AWS::AccountId": "123456789012",
  "AWS::Partition": "aws",
  "AWS::Region": "us-east-1",
  "AWS::StackName": "local",
  "AWS::StackId":
    "arn:aws:cloudformation:us-east-1:123456789012:stack/local/51af3dc0-da77-11e4-872e-1234567db123",
  "AWS::URLSuffix": "localhost",
};

const SSM = "AWS::SSM::Parameter::Value<";

/** What is known of a name: its value, or why there is none. */
export type Parameter =
  | { readonly kind: "value"; readonly value: TemplateValue }
  | { readonly kind: "none" | "passed" | "ssm" | "unset" };

/** A template's parameters with their values: what was given, else the default. */
export class Parameters {
  private readonly declared: Mapping;
  private readonly given: Readonly<Record<string, string>>;
  private readonly unknown: readonly string[];

  constructor(template: Mapping, { overrides, unknown = [], region }: ParameterValues) {
    this.unknown = unknown;
    this.declared = mapping(template["Parameters"]);
    this.given = { ...overrides, ...(region === undefined ? {} : { "AWS::Region": region }) };
  }

  /** `none`: no parameter has this name; `unset`: neither a value nor a default; `ssm`: a deployment looks it up; `passed`: so it does for the parent. */
  find(name: string): Parameter {
    const declaration = Object.hasOwn(this.declared, name) ? mapping(this.declared[name]) : undefined;
    const given = Object.hasOwn(this.given, name) ? this.given[name] : undefined;
    if (!declaration) {
      const value = given ?? PSEUDO[name];
      return value !== undefined && name.startsWith("AWS::") ? { kind: "value", value } : { kind: "none" };
    }
    if (given !== undefined) return { kind: "value", value: this.asType(name, given) };
    if (this.unknown.includes(name)) return { kind: "passed" };
    if (this.typeOf(name)?.startsWith(SSM)) return { kind: "ssm" };
    const value = declaration["Default"];
    if (value === undefined || value === null) return { kind: "unset" };
    return { kind: "value", value: this.asType(name, value) };
  }

  /** Whether a parameter's value is a list; undefined when there is no such parameter. */
  isList(name: string): boolean | undefined {
    const type = this.typeOf(name);
    return type === undefined
      ? undefined
      : /^(?:AWS::SSM::Parameter::Value<)?(?:List<|CommaDelimitedList)/.test(type);
  }

  private typeOf(name: string): string | undefined {
    if (!Object.hasOwn(this.declared, name) || !isMapping(this.declared[name])) return undefined;
    const type = this.declared[name]["Type"];
    return typeof type === "string" ? type : "String";
  }

  private asType(name: string, value: TemplateValue): TemplateValue {
    if (this.isList(name) !== true || typeof value === "object") return value;
    return String(value)
      .split(",")
      .map((one) => one.trim());
  }
}
