import { describe, expect, it } from "vitest";
import type { AskedPackage, Chain } from "../../src/layer/chains.ts";
import { chainsTo } from "../../src/layer/chains.ts";
import type { LayerFile, Reason } from "../../src/layer/file.ts";
import { layerFile, layerLink } from "./files.ts";

/** `lib/<name>`, there for these reasons. */
function library(name: string, ...reasons: Reason[]): LayerFile {
  return { ...layerFile(`lib/${name}`), reasons };
}

const neededBy = (by: string, name: string): Reason => ({ kind: "needed", by: `/usr/lib/${by}`, name });
const of = (name: string): Reason => ({ kind: "package", package: name });

function installed(name: string, ...requests: string[]): AskedPackage {
  return { name, version: "1.0", paths: [], requests };
}

/** Chains as text, a word a step. */
const words = (chains: readonly Chain[]): string[] =>
  chains.map((chain) =>
    chain
      .map((step) =>
        Object.values(step)
          .slice(1)
          .join(" ")
          .replace(/^lib\//, ""),
      )
      .join(" → "),
  );

/** The chains to `lib/<name>`. */
function to(name: string, files: readonly LayerFile[], packages: readonly AskedPackage[]): string[] {
  const target = files.find(({ path }) => path === `lib/${name}`);
  if (!target) throw new Error(`no ${name}`);
  const { chains, more, complete } = chainsTo(target, files, packages);
  expect({ more, complete }).toEqual({ more: 0, complete: true });
  return words(chains);
}

describe("chainsTo", () => {
  it("goes from the request through what NEEDs it to the file, every way, the shortest first", () => {
    const files = [
      library("libtop.so", of("top")),
      library("libmid.so", neededBy("libtop.so", "libmid.so")),
      library(
        "libssl.so.3",
        neededBy("libmid.so", "libssl.so.3"),
        neededBy("libtop.so", "libssl.so.3"),
        neededBy("libtop.so", "libssl.so.3"),
      ),
    ];
    expect(to("libssl.so.3", files, [installed("top", "top = 1.0")])).toEqual([
      "top = 1.0 → libtop.so → libssl.so.3 → libssl.so.3",
      "top = 1.0 → libtop.so → libmid.so → libmid.so → libssl.so.3 → libssl.so.3",
    ]);
  });

  it("tells a package that provides the name asked for, and one that came along", () => {
    const packages = [
      installed("mariadb-libs", "mysql-libs"),
      installed("pq", "pq:amd64"),
      installed("krb5"),
    ];
    const files = [
      library("a.so", of("mariadb-libs")),
      library("b.so", of("krb5")),
      library("c.so", of("pq")),
    ];
    expect(to("a.so", files, packages)).toEqual(["mysql-libs → mariadb-libs 1.0 → a.so"]);
    expect(to("b.so", files, packages)).toEqual(["mysql-libs,pq:amd64 → krb5 1.0 → b.so"]);
    expect(to("c.so", files, packages)).toEqual(["pq:amd64 → c.so"]);
  });

  it("tells recipes by the packages that call for them, asked for if any is, and Include patterns", () => {
    const recipe: Reason = { kind: "recipe", recipe: "magic" };
    const packages = [installed("libmagic-mgc"), installed("libmagic1", "libmagic1")];
    const files = [library("magic.mgc", recipe), library("x", { kind: "include", pattern: "/usr/**" })];
    expect(to("magic.mgc", files, packages)).toEqual(["libmagic1 → magic → magic.mgc"]);
    expect(to("magic.mgc", files, [installed("libmagic-mgc"), installed("other", "other")])).toEqual([
      "other → libmagic-mgc 1.0 → magic → magic.mgc",
    ]);
    expect(to("x", files, packages)).toEqual(["/usr/** → x"]);
  });

  it("has no file twice in a chain", () => {
    const files = [
      library("a.so", of("p"), neededBy("b.so", "a.so"), neededBy("a.so", "a.so")),
      library("b.so", neededBy("a.so", "b.so")),
    ];
    expect(to("a.so", files, [installed("p", "p")])).toEqual(["p → a.so"]);
    expect(to("b.so", files, [installed("p", "p")])).toEqual(["p → a.so → b.so → b.so"]);
  });

  it("of a link tells who asks by its name", () => {
    const reasons = [of("p"), neededBy("a.so", "libz.so"), neededBy("a.so", "libz.so.1")];
    const files = [
      library("a.so", of("p")),
      { ...layerLink("lib/libz.so", "libz.so.1"), source: "/usr/lib/libz.so.1", reasons },
      library("libz.so.1", ...reasons),
    ];
    expect(to("libz.so", files, [installed("p", "p")])).toEqual(["p → a.so → libz.so → libz.so"]);
    expect(to("libz.so.1", files, [installed("p", "p")])).toHaveLength(3);
  });

  it("names a file outside the layer only when there is no other reason", () => {
    const gone = neededBy("gone.so", "a.so");
    expect(to("a.so", [library("a.so", gone)], [])).toEqual(["/usr/lib/gone.so → a.so → a.so"]);
    expect(to("a.so", [library("a.so", gone, of("p"))], [installed("p", "p")])).toEqual(["p → a.so"]);
  });

  it("shows 50 of many and says how many more", () => {
    const hosts = Array.from({ length: 60 }, (_, at) => library(`${at}.so`, of("p")));
    const target = library("z.so", ...hosts.map((_, at) => neededBy(`${at}.so`, "z.so")));
    const result = chainsTo(target, [target, ...hosts], [installed("p", "p")]);
    expect(result.chains).toHaveLength(50);
    expect(result).toMatchObject({ more: 10, complete: true });
  });

  it("ends where the ways are beyond counting", () => {
    // 30 floors of 4 files, each needed by all of the next floor: 4^30 ways.
    const floors = Array.from({ length: 30 }, (_, floor) =>
      [0, 1, 2, 3].map((at) =>
        library(
          `${floor}-${at}`,
          ...(floor === 29 ? [of("p")] : [0, 1, 2, 3].map((one) => neededBy(`${floor + 1}-${one}`, "n"))),
        ),
      ),
    );
    const files = floors.flat();
    const start = performance.now();
    const { complete, chains } = chainsTo(files[0] ?? layerFile(""), files, [installed("p", "p")]);
    expect(complete).toBe(false);
    expect(chains).toHaveLength(50);
    expect(performance.now() - start).toBeLessThan(2000);
  });
});
