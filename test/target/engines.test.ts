import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { describe, expect, it } from "vitest";
import table from "../../schemas/engines.json" with { type: "json" };
import { engineName, knownSockets } from "../../src/target/engines.ts";

const schema = JSON.parse(
  readFileSync(new URL("../../schemas/engines.schema.json", import.meta.url), "utf8"),
) as object;

describe("schemas/engines.json", () => {
  it("fits its schema, which refuses a row that is wrong", () => {
    const validate = new Ajv({ allErrors: true, strict: true }).compile(schema);
    expect(validate(table), JSON.stringify(validate.errors)).toBe(true);
    const [first] = table.sockets;
    for (const wrong of [{ platforms: ["macos"] }, { path: "docker.sock" }, { path: "~/d" }, { x: 1 }]) {
      expect(validate({ ...table, sockets: [{ ...first, ...wrong }] }), JSON.stringify(wrong)).toBe(false);
    }
  });
});

const paths = (platform: string, variables: Record<string, string | undefined>): string[] =>
  knownSockets(platform, variables).map(({ path }) => path);

describe("known sockets", () => {
  it("have Docker's default first, and no other is it", () => {
    for (const [platform, path] of [
      ["linux", "/var/run/docker.sock"],
      ["darwin", "/var/run/docker.sock"],
      ["win32", "//./pipe/docker_engine"],
    ] as const) {
      const sockets = knownSockets(platform, { HOME: "/h" });
      expect(sockets[0]).toEqual({ name: "Docker", path, isDefault: true, foundBySam: true });
      expect(sockets.filter(({ isDefault }) => isDefault)).toHaveLength(1);
    }
  });

  it("follow the variables, and go without those that are not set", () => {
    const variables = { HOME: "/h/", XDG_RUNTIME_DIR: "/run/user/7", COLIMA_HOME: "" };
    const linux = paths("linux", variables);
    expect(linux).toContain("/h/.colima/default/docker.sock");
    expect(linux.indexOf("/run/user/7/podman/podman.sock")).toBeLessThan(
      linux.indexOf("/run/podman/podman.sock"),
    );
    expect(linux).not.toContain("/default/docker.sock");
    expect(paths("linux", {}).join(" ")).not.toContain("$");
  });

  it("name each path once", () => {
    const all = paths("darwin", { HOME: "/h", COLIMA_HOME: "/h/.colima" });
    expect(new Set(all).size).toBe(all.length);
  });

  it("are those of Linux where the platform is another", () => {
    expect(paths("freebsd", { HOME: "/h" })).toEqual(paths("linux", { HOME: "/h" }));
  });

  it("that SAM CLI finds are the default and Finch's", () => {
    for (const platform of ["linux", "darwin"]) {
      const found = knownSockets(platform, { HOME: "/h" }).filter(({ foundBySam }) => foundBySam);
      expect(found.map(({ name }) => name)).toEqual(["Docker", "Finch"]);
    }
  });
});

it("an engine is called by its own name", () => {
  const docker = {
    Version: "27.3.1",
    Platform: { Name: "Docker Engine - Community" },
    Components: [{ Name: "Engine", Version: "27.3.1" }],
  };
  expect(engineName(docker)).toBe("docker 27.3.1");
  const podman = { Version: "4.3.1", Components: [{ Name: "Podman Engine", Version: "4.3.1" }] };
  expect(engineName(podman)).toBe("podman 4.3.1");
  expect(engineName({ Version: "0.19.1", Platform: { Name: "Finch Daemon - 0.19.1" } })).toBe("finch 0.19.1");
});
