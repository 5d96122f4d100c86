// Where a function's layer goes, for every way in which Layers can be written.
import type { Edit } from "./apply.ts";
import type { Path } from "./locate.ts";
import { intrinsicOf, isNoValue, nameOf } from "./mapping.ts";
import type { Intrinsic } from "./mapping.ts";
import type { TemplateValue } from "./parse.ts";
import { isList } from "./parse.ts";
import type { Problem } from "./problems.ts";
import type { Resolver } from "./resolve.ts";

/**
 * A place that takes the layer. `append`: at the end of a list; `replace`: for the element that an earlier run put
 * there; `set`: the place becomes what `from` was, with the layer.
 */
export type LayerPlace =
  | { readonly op: "append" | "replace"; readonly path: Path }
  | { readonly op: "set"; readonly path: Path; readonly from: TemplateValue | undefined };

/** A function's Layers as the template has them. */
export interface LayersAsWritten {
  /** The function's name in messages. */
  readonly who: string;
  /** Where they stand, or would stand. */
  readonly path: Path;
  readonly own: TemplateValue | undefined;
  /** Globals' Layers, as far as the function takes them. */
  readonly inherited: TemplateValue | undefined;
  /** What an earlier run added: an ARN or a logical ID. */
  readonly earlier: string | undefined;
}

/** Lambda's limit of layers a function (Lambda quotas). */
const MOST_LAYERS = 5;

const LIMIT_HINT =
  "Lambda allows 5 layers a function, and sam-pkg adds one: merge two of them, or take one out";

/**
 * The value with a layer: a list gets an element, each branch of an `Fn::If` is treated so, and any other list-valued
 * function is joined with the layer and split again, since CloudFormation cannot concatenate lists.
 */
function withLayer(value: TemplateValue | undefined, layer: TemplateValue): TemplateValue {
  if (isAbsent(value)) return [layer];
  if (isList(value)) return [...value, layer];
  const branches = branchesOf(value);
  if (branches) {
    return { "Fn::If": [branches[0], withLayer(branches[1], layer), withLayer(branches[2], layer)] };
  }
  return { "Fn::Split": [",", { "Fn::Join": [",", [{ "Fn::Join": [",", value ?? null] }, layer]] }] };
}

/** The edits that put a layer into its places. */
export function layerEdits(places: readonly LayerPlace[], layer: TemplateValue): Edit[] {
  return places.map((place): Edit => {
    if (place.op === "append") return { op: "append", path: place.path, value: layer };
    return { op: "set", path: place.path, value: place.op === "set" ? withLayer(place.from, layer) : layer };
  });
}

/**
 * Where the layer goes, and whether the function must be kept from Globals' Layers: SAM drops these for an empty key
 * or NoValue, and would bring them back with the list; an intrinsic it resolves and joins when it expands loops.
 */
export function placeLayer(
  layers: LayersAsWritten,
  resolver: Resolver,
): { places: LayerPlace[]; ignoreGlobals: boolean; problems: Problem[] } {
  const { path, own, inherited } = layers;
  const placing = new Placing(layers, resolver);
  const shared = isList(inherited) ? placing.surely(inherited, true) : 0;
  if (own === undefined && !isAbsent(inherited) && !isList(inherited)) {
    // a function's list would replace an intrinsic of Globals: the function gets a copy that has the layer
    placing.place(inherited, ["Globals", "Function", "Layers"], 0, true);
    const fits = placing.problems.length === 0;
    return {
      problems: placing.problems,
      places: fits ? [{ op: "set", path, from: inherited }] : [],
      ignoreGlobals: fits,
    };
  }
  placing.place(own, path, own === undefined || isList(own) ? shared : 0, true);
  const emptied = own !== undefined && isAbsent(own) && inherited !== undefined && inherited !== null;
  return { places: placing.places, problems: placing.problems, ignoreGlobals: emptied };
}

/** Functions that give one text, which may hold several ARNs. */
const SEVERAL = new Set(["Fn::ImportValue", "Fn::Join"]);

class Placing {
  readonly places: LayerPlace[] = [];
  readonly problems: Problem[] = [];
  private readonly who: string;
  private readonly earlier: string | undefined;
  private readonly resolver: Resolver;

  constructor({ who, earlier }: LayersAsWritten, resolver: Resolver) {
    this.who = who;
    this.earlier = earlier;
    this.resolver = resolver;
  }

  /**
   * @param shared how many layers come from Globals
   * @param always whether the value counts whatever the conditions
   */
  place(value: TemplateValue | undefined, path: Path, shared: number, always: boolean): void {
    if (isAbsent(value)) {
      this.room(path, shared, shared > 0);
      this.places.push({ op: "set", path, from: undefined });
      return;
    }
    if (isList(value)) return this.placeInList(value, path, shared, always);
    const branches = branchesOf(value);
    if (branches) {
      this.place(branches[1], [...path, "Fn::If", 1], shared, false);
      this.place(branches[2], [...path, "Fn::If", 2], shared, false);
    } else if (this.isEarlier(joinedIn(value))) {
      this.places.push({ op: "replace", path: [...path, "Fn::Split", 1, "Fn::Join", 1, 1] });
    } else {
      const problem = this.problemOf(value, always);
      if (problem) this.problems.push({ path, ...problem });
      else this.places.push({ op: "set", path, from: value });
    }
  }

  /** How many elements are there in any case; one that an earlier run added does not count. */
  surely(list: readonly TemplateValue[], other = false): number {
    return list.filter((one) => (other || !this.isEarlier(one)) && !mayVanish(one)).length;
  }

  private placeInList(list: readonly TemplateValue[], path: Path, shared: number, always: boolean): void {
    const at = list.findIndex((one) => this.isEarlier(one));
    this.places.push(at < 0 ? { op: "append", path } : { op: "replace", path: [...path, at] });
    this.room(path, this.surely(list) + shared, always);
  }

  private room(path: Path, number: number, withGlobals: boolean): void {
    if (number < MOST_LAYERS) return;
    const message = `${this.who} has ${number} layers already${withGlobals ? ", Globals' included" : ""}`;
    this.problems.push({ path, message, hint: LIMIT_HINT });
  }

  private isEarlier(element: TemplateValue | undefined): boolean {
    if (this.earlier === undefined || element === undefined) return false;
    const intrinsic = intrinsicOf(element);
    return (intrinsic?.name === "Ref" ? intrinsic.argument : element) === this.earlier;
  }

  /** Why a value cannot be joined with a layer: only a function that gives a list can be. */
  private problemOf(value: TemplateValue, always: boolean): Omit<Problem, "path"> | undefined {
    const intrinsic = intrinsicOf(value);
    const doubt = intrinsic ? this.doubtOf(intrinsic) : "are not a list";
    const element = intrinsic ? nameOf(intrinsic) : typeof value === "string" ? value : "!Ref MyLayer";
    if (doubt !== undefined) {
      if (intrinsic?.name === "Fn::Transform") {
        const hint = "write Layers beside the transform, as a list: `Layers: [!Ref MyLayer]`";
        return { message: `the Layers of ${this.who} ${doubt}`, hint };
      }
      const text = SEVERAL.has(intrinsic?.name ?? "") ? `!Split [",", ${element}]` : `[${element}]`;
      const hint = `write Layers as a list, so that sam-pkg can add one: \`Layers: ${text}\``;
      return { message: `the Layers of ${this.who} ${doubt}`, hint };
    }
    const resolved = this.resolver.resolve(value, "ARN");
    const list = resolved.known && isList(resolved.value) ? resolved.value : undefined;
    if (!list) return undefined;
    if (list.length >= MOST_LAYERS) {
      return { message: `${this.who} has ${list.length} layers already, by ${element}`, hint: LIMIT_HINT };
    }
    if (!always || list.some((one) => one !== "")) return undefined;
    return {
      message: `the Layers of ${this.who} are empty: ${element} gives no layer, to which none can be joined`,
      hint: `write \`Layers: !If [HasLayers, ${element}, !Ref "AWS::NoValue"]\`, and in Conditions \`HasLayers: !Not [!Equals [!Join ["", ${element}], ""]]\``,
    };
  }

  /** What is wrong with a function in place of a list; undefined when it gives one. */
  private doubtOf({ name, argument }: Intrinsic): string | undefined {
    switch (name) {
      case "Fn::Split":
        return undefined;
      case "Ref": {
        const text = typeof argument === "string" ? argument : "";
        const known = this.resolver.parameters.isList(text);
        if (known === true) return undefined;
        return known === false ? `are one text: parameter ${text} is no list` : "are one reference, no list";
      }
      case "Fn::FindInMap": {
        const resolved = this.resolver.resolve({ [name]: argument }, "ARN");
        return resolved.known && !isList(resolved.value)
          ? "are one text: the mapping's entry is no list"
          : undefined;
      }
      case "Fn::GetAtt":
        return this.resolver.isCustom(argument) ? undefined : "are one text: Fn::GetAtt gives no list here";
      case "Fn::Transform":
        return "come from a transform, which sam-pkg cannot look into";
      default:
        return `are given by ${name}, which gives no list`;
    }
  }
}

function isAbsent(value: TemplateValue | undefined): value is undefined | null {
  return value === undefined || value === null || isNoValue(value);
}

/** Condition and branches of an `Fn::If`. */
function branchesOf(
  value: TemplateValue | undefined,
): readonly [TemplateValue, TemplateValue, TemplateValue] | undefined {
  const intrinsic = intrinsicOf(value);
  if (intrinsic?.name !== "Fn::If" || !isList(intrinsic.argument)) return undefined;
  const [condition, yes, no, more] = intrinsic.argument;
  if (condition === undefined || yes === undefined || no === undefined || more !== undefined)
    return undefined;
  return [condition, yes, no];
}

/** The last element of what `withLayer` joined. */
function joinedIn(value: TemplateValue): TemplateValue | undefined {
  const split = intrinsicOf(value);
  const join =
    split?.name === "Fn::Split" && isList(split.argument) ? intrinsicOf(split.argument[1]) : undefined;
  const parts = join?.name === "Fn::Join" && isList(join.argument) ? join.argument[1] : undefined;
  return isList(parts) && parts.length === 2 && intrinsicOf(parts[0])?.name === "Fn::Join"
    ? parts[1]
    : undefined;
}

function mayVanish(element: TemplateValue): boolean {
  if (isNoValue(element)) return true;
  const branches = branchesOf(element);
  return branches !== undefined && (mayVanish(branches[1]) || mayVanish(branches[2]));
}
