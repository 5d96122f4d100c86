// What a YAML scalar means to PyYAML: its resolvers and constructors, less timestamps, which SAM reads as texts.

const CORE = "tag:yaml.org,2002:";
const NULL = /^(?:~|null|Null|NULL)?$/;
const BOOL = /^(?:yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$/;
const INT =
  /^(?:[-+]?0b[01_]+|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+)$/;
const FLOAT =
  /^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;
const DECIMAL = /^(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[-+]?[0-9]+)?$/;
const MAY_RESOLVE = /^[-+0-9.yYnNtTfFoO~<=]/;
/** Python makes no integer of more decimal digits. */
const MOST_DIGITS = 4300;

/** The tag of a plain scalar. */
export function resolveTag(text: string): string {
  if (text !== "" && !MAY_RESOLVE.test(text)) return `${CORE}str`;
  if (NULL.test(text)) return `${CORE}null`;
  if (BOOL.test(text)) return `${CORE}bool`;
  if (INT.test(text)) return `${CORE}int`;
  if (FLOAT.test(text)) return `${CORE}float`;
  if (text === "<<") return `${CORE}merge`;
  return text === "=" ? `${CORE}value` : `${CORE}str`;
}

/** The value of a scalar with one of YAML's own tags; undefined when the text cannot have the tag. */
export function scalarValue(tag: string, text: string): null | boolean | number | string | undefined {
  switch (tag.slice(CORE.length)) {
    case "str":
    case "timestamp":
      return text;
    case "null":
      return null;
    case "bool":
      return BOOL.test(text.toLowerCase()) ? /^(?:y|t|on)/i.test(text) : undefined;
    case "int":
      return intOf(text);
    case "float":
      return floatOf(text);
    default:
      return undefined;
  }
}

function intOf(source: string): number | undefined {
  const text = source.replaceAll("_", "");
  const digits = text.replace(/^[-+]/, "");
  // Python's integers have no negative zero
  const signed = (value: bigint): number => Number(text.startsWith("-") ? -value : value);
  if (/^0b[01]+$/.test(digits) || /^0x[0-9a-fA-F]+$/.test(digits)) return signed(BigInt(digits));
  if (/^0[0-7]*$/.test(digits)) return signed(BigInt(`0o${digits}`));
  if (!/^[1-9][0-9]*(?::[0-9]+)*$/.test(digits) || digits.length > MOST_DIGITS) return undefined;
  return signed(digits.split(":").reduce((sum, part) => sum * 60n + BigInt(part), 0n));
}

function floatOf(source: string): number | undefined {
  const text = source.replaceAll("_", "").toLowerCase();
  const sign = text.startsWith("-") ? -1 : 1;
  const digits = text.replace(/^[-+]/, "");
  if (digits === ".inf") return sign * Infinity;
  if (digits === ".nan") return Number.NaN;
  const parts = digits.split(":");
  if (!parts.every((part) => DECIMAL.test(part))) return undefined;
  // in Python's order, which decides the last digit
  const sum = parts.reduceRight((sofar, part, i) => sofar + Number(part) * 60 ** (parts.length - 1 - i), 0);
  return sign * sum;
}

/** What a plain (unquoted) YAML scalar means to SAM: `yes` is true, `012` is 10, `22:22` is 1342, `1e3` a string. */
export function plainScalar(text: string): null | boolean | number | string {
  return scalarValue(resolveTag(text), text) ?? (NULL.test(text) ? null : text);
}
