import { describe, expect, it } from "vitest";
import { deploySettingsOf } from "../../src/samconfig/deploy.ts";
import { parseSamconfig } from "../../src/samconfig/samconfig.ts";

function settings(body: string, env = "default"): unknown {
  return deploySettingsOf(parseSamconfig(`version = 0.1\n${body}`, "toml"), env);
}

const D = "[default.deploy.parameters]\n";
const P = "[default.package.parameters]\n";
const G = "[default.global.parameters]\n";

describe("deploySettingsOf", () => {
  it.each<[string, string, Record<string, string>]>([
    ["nothing", "", {}],
    [
      "all four",
      `${D}region = 'r'\nprofile = 'p'\ns3_bucket = 'b'\ns3_prefix = 'x'\nstack_name = 's'\n`,
      { region: "r", profile: "p", s3Bucket: "b", s3Prefix: "x" },
    ],
    [
      "package where deploy has none",
      `${D}region = 'r'\n${P}region = 'q'\ns3_bucket = 'b'\n`,
      { region: "r", s3Bucket: "b" },
    ],
    [
      "global before package",
      `${G}region = 'g'\n${P}region = 'q'\ns3_bucket = 'b'\n`,
      { region: "g", s3Bucket: "b" },
    ],
    ["deploy before global", `${G}region = 'g'\n${D}region = 'r'\n`, { region: "r" }],
    ["what deploy empties", `${G}s3_prefix = 'g'\n${D}s3_prefix = ''\n${P}s3_prefix = 'q'\n`, {}],
    ["other spellings are other keys", `${D}s3-bucket = 'b'\nS3_PREFIX = 'x'\n`, {}],
  ])("%s", (_, body, expected) => {
    expect(settings(body)).toStrictEqual(expected);
  });

  it("a YAML null is not set, and takes back a global setting", () => {
    const text =
      "version: 0.1\ndefault: {global: {parameters: {region: g}}, deploy: {parameters: {region: }}}\n";
    expect(deploySettingsOf(parseSamconfig(text, "yaml"), "default")).toStrictEqual({});
  });

  it.each([
    [
      `${D}region = 5\n`,
      "default.deploy.parameters.region is a whole number, but must be text",
      "put the value in quotes",
    ],
    [
      `${G}profile = 1.5\n`,
      "default.global.parameters.profile is a number, but must be text",
      "put the value in quotes",
    ],
    [
      `${P}s3_bucket = true\n`,
      "default.package.parameters.s3_bucket is a boolean, but must be text",
      "put the value in quotes",
    ],
    [
      `${D}s3_prefix = 2024-01-01\n`,
      "default.deploy.parameters.s3_prefix is a date, but must be text",
      "put the value in quotes",
    ],
    [
      `${D}s3_bucket = ['b']\n`,
      "default.deploy.parameters.s3_bucket is a list, but must be text",
      "give it one text in quotes",
    ],
    [
      `${D}region = {a = 1}\n`,
      "default.deploy.parameters.region is a table, but must be text",
      "give it one text in quotes",
    ],
    [
      `${D}region = ''\n`,
      "default.deploy.parameters.region is empty, which SAM refuses",
      "give it a value, or take the line out",
    ],
  ])("refuses %j", (body, message, hint) => {
    expect(() => settings(body)).toThrow(expect.objectContaining({ name: "SamconfigError", message, hint }));
  });
});
