// What CloudFormation's functions give, as far as that is known before a deployment.
import { didYouMean, nearest } from "../target/nearest.ts";
import type { Intrinsic, Mapping } from "./mapping.ts";
import { intrinsicOf, isMapping, mapping } from "./mapping.ts";
import type { ParameterValues } from "./parameters.ts";
import { Parameters } from "./parameters.ts";
import type { TemplateValue } from "./parse.ts";
import { isList } from "./parse.ts";

/** A value without functions, undefined for AWS::NoValue; or why there is none before a deployment, and what to do. */
export type Resolved =
  | { readonly known: true; readonly value: TemplateValue | undefined }
  | { readonly known: false; readonly reason: string; readonly hint: string };

class Unknown extends Error {
  readonly hint: string;

  constructor(reason: string, hint: string) {
    super(reason);
    this.hint = hint;
  }
}

const WRITE_IT = "write the value itself, or take it from a parameter";

/** Resolves the functions of one template. What is not needed, such as the other branch of an `If`, is not looked at. */
export class Resolver {
  readonly parameters: Parameters;
  private readonly template: Mapping;
  private readonly conditions = new Map<string, boolean | undefined>();
  private example = "";

  constructor(template: Mapping, values: ParameterValues) {
    this.template = template;
    this.parameters = new Parameters(template, values);
  }

  /** @param example a value that the hint shows how to give */
  resolve(value: TemplateValue | undefined, example: string): Resolved {
    this.example = example;
    try {
      return { known: true, value: value === undefined ? undefined : this.value(value) };
    } catch (error) {
      if (!(error instanceof Unknown)) throw error;
      return { known: false, reason: error.message, hint: error.hint };
    }
  }

  /** Whether an argument of Fn::GetAtt names a custom resource, whose attributes may be lists. */
  isCustom(argument: TemplateValue): boolean {
    const name = isList(argument)
      ? argument[0]
      : typeof argument === "string"
        ? argument.split(".")[0]
        : undefined;
    const resources = mapping(this.template["Resources"]);
    const type =
      typeof name === "string" && Object.hasOwn(resources, name) && mapping(resources[name])["Type"];
    return typeof type === "string" && /^(?:Custom::|AWS::CloudFormation::CustomResource$)/.test(type);
  }

  private value(value: TemplateValue): TemplateValue | undefined {
    if (isList(value)) return value.map((one) => this.value(one)).filter((one) => one !== undefined);
    if (!isMapping(value)) return value;
    const intrinsic = intrinsicOf(value);
    if (intrinsic) return this.intrinsic(intrinsic);
    const entries = Object.entries(value).map(([key, one]) => [key, this.value(one)] as const);
    return Object.fromEntries(
      entries.filter((entry): entry is [string, TemplateValue] => entry[1] !== undefined),
    );
  }

  private intrinsic({ name, argument }: Intrinsic): TemplateValue | undefined {
    const list = (): readonly TemplateValue[] => {
      if (isList(argument)) return argument;
      throw new Unknown(`${name} has no list of arguments`, "write it as CloudFormation's reference says");
    };
    switch (name) {
      case "Ref":
        return this.reference(this.text(argument, name));
      case "Fn::If": {
        const [condition, yes, no] = list();
        const branch = this.condition(this.text(condition, name)) ? yes : no;
        return branch === undefined ? undefined : this.value(branch);
      }
      case "Fn::FindInMap":
        return this.findInMap(list());
      case "Fn::Join": {
        const [delimiter, parts] = list();
        return this.list(parts, name)
          .map((part) => this.text(part, name))
          .join(this.text(delimiter, name));
      }
      case "Fn::Split": {
        const [delimiter, source] = list();
        return this.text(source, name).split(this.text(delimiter, name));
      }
      case "Fn::Select": {
        const [index, from] = list();
        const found = this.list(from, name)[Number(this.text(index, name))];
        if (found !== undefined) return found;
        throw new Unknown("Fn::Select names an element that the list does not have", WRITE_IT);
      }
      case "Fn::Sub":
        return this.substitute(argument);
      case "Fn::Equals":
      case "Fn::And":
      case "Fn::Or":
      case "Fn::Not":
      case "Condition":
        return this.test({ [name]: argument });
      default:
        throw new Unknown(`${name} is known only to a deployment`, WRITE_IT);
    }
  }

  private reference(name: string): TemplateValue | undefined {
    if (name === "AWS::NoValue") return undefined;
    const found = this.parameters.find(name);
    switch (found.kind) {
      case "value":
        return found.value;
      case "unset": {
        const hint = `give it one: \`--parameter-overrides ${name}=${this.example}\`, or a Default in the template`;
        throw new Unknown(`parameter ${name} has no value`, hint);
      }
      case "ssm": {
        const hint = `say what it is: \`--parameter-overrides ${name}=${this.example}\``;
        throw new Unknown(`parameter ${name} is looked up in SSM by the deployment`, hint);
      }
      case "passed": {
        const hint = "pass a value that is written out, or one of the parent's own parameters";
        throw new Unknown(
          `parameter ${name} is given by the parent stack, by what only a deployment knows`,
          hint,
        );
      }
      case "none":
    }
    if (Object.hasOwn(mapping(this.template["Resources"]), name))
      throw new Unknown(`${name} is a resource, whose value only a deployment knows`, WRITE_IT);
    const names = Object.keys(mapping(this.template["Parameters"]));
    const hint = didYouMean(nearest(name, names)) ?? "declare it in Parameters, or write the value itself";
    throw new Unknown(`there is no parameter ${name}`, hint);
  }

  private findInMap(args: readonly TemplateValue[]): TemplateValue {
    const [map, top, second] = args.slice(0, 3).map((one) => this.text(one, "Fn::FindInMap"));
    const fallback = mapping(args[3])["DefaultValue"];
    let found: TemplateValue | undefined = this.template["Mappings"];
    for (const key of [map, top, second]) {
      found = key !== undefined && isMapping(found) && Object.hasOwn(found, key) ? found[key] : undefined;
    }
    if (found !== undefined && found !== null) return found;
    const value = fallback === undefined ? undefined : this.value(fallback);
    if (value !== undefined) return value;
    const hint = "add the entry to Mappings, or correct the keys";
    throw new Unknown(`Mappings has no ${[map, top, second].join(" → ")}`, hint);
  }

  private substitute(argument: TemplateValue): string {
    const [text, given] = isList(argument) ? argument : [argument, {}];
    const variables = mapping(given);
    return this.text(text, "Fn::Sub").replaceAll(/\$\{([^}]*)\}/g, (_all, inner: string) => {
      const name = inner.trim();
      if (name.startsWith("!")) return `\${${name.slice(1)}}`;
      if (Object.hasOwn(variables, name)) return this.text(variables[name], "Fn::Sub");
      if (name.includes(".")) throw new Unknown(`\${${name}} is known only to a deployment`, WRITE_IT);
      return this.text({ Ref: name }, "Fn::Sub");
    });
  }

  /** Whether a condition of the template holds. */
  private condition(name: string): boolean {
    const conditions = mapping(this.template["Conditions"]);
    if (!Object.hasOwn(conditions, name)) {
      const hint = didYouMean(nearest(name, Object.keys(conditions))) ?? "add it to Conditions";
      throw new Unknown(`there is no condition ${name}`, hint);
    }
    if (this.conditions.has(name)) {
      const known = this.conditions.get(name);
      if (known !== undefined) return known;
      throw new Unknown(`condition ${name} asks for itself`, "correct it in Conditions");
    }
    this.conditions.set(name, undefined);
    try {
      const holds = this.test(conditions[name]);
      this.conditions.set(name, holds);
      return holds;
    } catch (error) {
      this.conditions.delete(name);
      throw error;
    }
  }

  private test(value: TemplateValue | undefined): boolean {
    const intrinsic = intrinsicOf(value);
    const args = isList(intrinsic?.argument) ? intrinsic.argument : [];
    switch (intrinsic?.name) {
      case "Condition":
        return this.condition(this.text(intrinsic.argument, "Condition"));
      case "Fn::And":
        return args.every((one) => this.test(one));
      case "Fn::Or":
        return args.some((one) => this.test(one));
      case "Fn::Not":
        return !this.test(args[0]);
      case "Fn::Equals": {
        const [left, right] = args.map((one) => JSON.stringify(asText(this.value(one))));
        return left === right;
      }
      default:
        if (typeof value === "boolean") return value;
        throw new Unknown("a condition is none of CloudFormation's", "use Equals, And, Or, Not or Condition");
    }
  }

  private list(value: TemplateValue | undefined, name: string): readonly TemplateValue[] {
    const list = value === undefined ? undefined : this.value(value);
    if (isList(list)) return list;
    throw new Unknown(`${name} is given no list`, WRITE_IT);
  }

  private text(value: TemplateValue | undefined, name: string): string {
    const text = value === undefined ? undefined : this.value(value);
    if (text !== undefined && text !== null && typeof text !== "object") return String(text);
    throw new Unknown(`${name} is given no text`, WRITE_IT);
  }
}

/** CloudFormation compares scalars as texts: the default `true` of a parameter is "true". */
function asText(value: TemplateValue | undefined): TemplateValue {
  if (isList(value)) return value.map(asText);
  return value === undefined || value === null || typeof value === "object" ? (value ?? null) : String(value);
}
