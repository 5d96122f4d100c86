import { describe, expect, it } from "vitest";
import { detectManager, managerNames } from "../../../src/target/managers/managers.ts";

/** The name of the manager found in an image with these files; a value is where the path leads to. */
async function detect(files: Record<string, string>): Promise<string | undefined> {
  const manager = await detectManager((path) => Promise.resolve(files[path]));
  return manager?.name;
}

const own = (...paths: string[]): Record<string, string> =>
  Object.fromEntries(paths.map((path) => [path, path]));

describe("detectManager", () => {
  it.each<[string, Record<string, string>, string | undefined]>([
    [
      "Amazon Linux 2023's build image",
      { "/usr/bin/dnf": "/usr/bin/dnf-3", "/usr/bin/yum": "/usr/bin/dnf-3" },
      "dnf",
    ],
    [
      "Amazon Linux 2023's runtime image: dnf is a link to microdnf",
      { "/usr/bin/dnf": "/usr/bin/microdnf", ...own("/usr/bin/microdnf") },
      "microdnf",
    ],
    ["an image with microdnf alone", own("/usr/bin/microdnf"), "microdnf"],
    ["both dnf and microdnf", own("/usr/bin/microdnf", "/usr/bin/dnf"), "dnf"],
    ["Fedora 41", { "/usr/bin/dnf": "/usr/bin/dnf5", "/usr/bin/yum": "/usr/bin/dnf5" }, "dnf"],
    ["Amazon Linux 2", own("/usr/bin/yum"), "yum"],
    ["Debian", own("/usr/bin/apt-get"), "apt-get"],
    ["Alpine", own("/sbin/apk"), "apk"],
    ["Alpine with merged /usr", own("/usr/bin/apk"), "apk"],
    ["Debian with dnf installed", own("/usr/bin/apt-get", "/usr/bin/dnf"), "dnf"],
    ["an image without any", own("/bin/sh", "/usr/bin/rpm"), undefined],
  ])("%s", async (_, files, name) => {
    expect(await detect(files)).toBe(name);
  });

  it("asks in this order, and no further than it must", async () => {
    const asked: string[] = [];
    await detectManager((path) => {
      asked.push(path);
      return Promise.resolve(path === "/sbin/apk" ? path : undefined);
    });
    expect(asked).toStrictEqual([
      "/usr/bin/dnf",
      "/usr/bin/microdnf",
      "/usr/bin/yum",
      "/usr/bin/apt-get",
      "/sbin/apk",
    ]);
    expect(managerNames).toStrictEqual(["dnf", "microdnf", "yum", "apt-get", "apk"]);
  });

  it("passes on what went wrong while looking", async () => {
    const failing = detectManager(() => Promise.reject(new Error("no daemon")));
    await expect(failing).rejects.toThrow("no daemon");
  });
});
