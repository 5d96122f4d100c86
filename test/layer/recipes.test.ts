import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { describe, expect, it } from "vitest";
import { folderOf, isLiteral, matcher } from "../../src/layer/patterns.ts";
import type { Recipe } from "../../src/layer/recipes.ts";
import { covers, environmentOf, imagePatterns, recipesFor, rewriteText } from "../../src/layer/recipes.ts";
import { FakeImage } from "./image.ts";
import { layerOf, madeLibrary as library, pathsOf } from "./layers.ts";

const read = (file: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../schemas/${file}`, import.meta.url), "utf8"));
const LIB = "/usr/lib/x86_64-linux-gnu";
const called = (...names: string[]): Recipe[] => recipesFor(names.map((name) => ({ name })));
const namesOf = (...packages: string[]): string[] => called(...packages).map(({ name }) => name);

describe("knowledge as data", () => {
  it.each(["recipes", "environment"])("%s.json fits its schema, in ajv's strict mode", (name) => {
    const ajv = new Ajv({ strict: true, strictTypes: "log", allErrors: true });
    const validate = ajv.compile(read(`${name}.schema.json`) as object);
    validate(read(`${name}.json`));
    expect(validate.errors).toBeNull();
  });

  it("every recipe has a name of its own, and does something", () => {
    const { recipes } = read("recipes.json") as { recipes: Recipe[] };
    const names = recipes.map(({ name }) => name);
    expect([...new Set(names)]).toStrictEqual(names);
    for (const { include, links, environment } of recipes) {
      expect(include ?? links ?? environment).toBeDefined();
    }
  });

  it("no two recipes that one package calls for set one variable", () => {
    const { recipes } = read("recipes.json") as { recipes: Recipe[] };
    for (const name of recipes.flatMap(({ packages }) => packages)) {
      const variables = called(name).flatMap(({ environment = {} }) => Object.keys(environment));
      expect([...new Set(variables)]).toStrictEqual(variables);
    }
  });
});

describe("patterns", () => {
  it.each<[string, string, boolean]>([
    ["/etc/fonts/**", "/etc/fonts/conf.d/.x/a b", true],
    ["/etc/fonts/**", "/etc/fontsize", false],
    ["/etc/fonts/*", "/etc/fonts/conf.d/x", false],
    ["/etc/fonts/*", "/etc/fonts/.hidden", true],
    ["/usr/lib64/libstdc++.so.6", "/usr/lib64/libstdc++.so.6", true],
    ["/usr/lib64/libstdc++.so.*", "/usr/lib64/libstdc++.so.6.0.30", true],
    ["/usr/lib64/lib{a,b}.so.?", "/usr/lib64/libb.so.1", true],
    ["/usr/lib64/lib{a,b}.so.?", "/usr/lib64/libb.so.12", false],
    ["!/etc/x", "/etc/y", false],
    ["/etc/x.conf", "/etc/xxconf", false],
    ["/ETC/x", "/etc/x", false],
  ])("%s means %s: %s", (pattern, path, expected) => {
    expect(matcher([pattern])(path)).toBe(expected);
    expect(matcher(["/nothing", pattern])(path)).toBe(expected);
    expect(matcher([])(path)).toBe(false);
  });

  it.each<[string, string | undefined]>([
    ["/usr/share/misc/magic.mgc", undefined],
    ["/usr/lib64/libstdc++.so.6", undefined],
    ["/etc/fonts/**", "/etc/fonts"],
    ["/usr/lib64/lib{a,b}.{chk,so}", "/usr/lib64"],
    ["/usr/share/tesseract-ocr/*/tessdata/**", "/usr/share/tesseract-ocr"],
    ["/usr/lib64/ImageMagick-6*/**", "/usr/lib64"],
    ["/*", "/"],
  ])("all that %s can mean lies below %s", (pattern, folder) => {
    expect(isLiteral(pattern)).toBe(folder === undefined);
    if (folder !== undefined) expect(folderOf(pattern)).toBe(folder);
  });
});

describe("recipes are called by packages", () => {
  it("of either family, by name or by part of it", () => {
    expect(namesOf("libxmlsec1-openssl", "zlib")).toStrictEqual(["xmlsec-crypto"]);
    expect(namesOf("file-libs")).toStrictEqual(["magic"]);
    expect(namesOf("fonts-dejavu-core")).toStrictEqual(["fonts"]);
    expect(namesOf("dejavu-sans-fonts")).toStrictEqual(["fonts"]);
    expect(namesOf("libmagickcore-6.q16-6", "libmagick++")).toStrictEqual(["imagemagick"]);
    expect(namesOf("zlib", "libfontconfig1-dev", "proj-database-x")).toStrictEqual([]);
  });

  it("whose names may hold what patterns hold", () => {
    const recipe = { name: "x", packages: ["libstdc++6", "libfoo*"] };
    expect(
      ["libstdc++6", "libfoo++", "libfoo", "libstdc6"].map((name) => covers(recipe, name)),
    ).toStrictEqual([true, true, true, false]);
  });

  it("and name files of either family's folders", () => {
    const recipe = { name: "x", packages: ["x"], include: ["{libdir}/x/*.so", "/etc/x"] };
    expect(imagePatterns(recipe, "arm64")).toStrictEqual([
      "/usr/lib64/x/*.so",
      "/usr/lib/aarch64-linux-gnu/x/*.so",
      "/etc/x",
    ]);
  });
});

describe("rewriteText", () => {
  const rewrite = [{ file: "/etc/{a,b}.ini", from: "{libdir}/", to: "/opt/lib/" }];
  const recipe: Recipe = { name: "x", packages: ["x"], rewrite };
  const text = (path: string, bytes: Uint8Array): string =>
    Buffer.from(rewriteText(path, bytes, [recipe], "x86_64")).toString("latin1");

  it("replaces every occurrence, and no byte beside", () => {
    const bytes = Buffer.from("\u0000\xFF/usr/lib64/a:/usr/lib/x86_64-linux-gnu/b:/usr/lib64/$&", "latin1");
    expect(text("/etc/b.ini", bytes)).toBe("\u0000\xFF/opt/lib/a:/opt/lib/b:/opt/lib/$&");
    expect(text("/etc/c.ini", bytes)).toBe(bytes.toString("latin1"));
  });
});

const recipe = (environment: Record<string, string>): Recipe => ({ name: "x", packages: [], environment });

describe("environmentOf", () => {
  it("makes a pattern the first file or folder of the layer that fits", () => {
    const paths = [
      "lib/IM-6.9/modules-Q16/coders/png.so",
      "lib/IM-6.8/modules-Q16/coders/png.so",
      "etc/IM/x",
    ];
    expect(
      environmentOf(
        [recipe({ A: "/opt/lib/IM-6*/modules-*/coders", B: "/opt/etc/IM:/opt/no:/opt/lib/{a,IM-6.9}" })],
        paths,
      ),
    ).toStrictEqual({ A: "/opt/lib/IM-6.8/modules-Q16/coders", B: "/opt/etc/IM:/opt/lib/IM-6.9" });
  });

  it("leaves a variable out of which nothing is in the layer", () => {
    expect(
      environmentOf([recipe({ A: "/opt/etc/x", B: "/opt/etc/y*" })], ["etc/xx", "lib/etc/x"]),
    ).toStrictEqual({});
  });

  it("leaves it out as well where it names the system's folders beside", () => {
    const data = recipe({ XDG_DATA_DIRS: "/opt/usr/share:/usr/local/share:/usr/share" });
    expect(environmentOf([data], ["lib/x"])).toStrictEqual({});
    expect(environmentOf([data], ["usr/share/mime/mime.cache"])).toStrictEqual({
      XDG_DATA_DIRS: "/opt/usr/share:/usr/local/share:/usr/share",
    });
  });
});

describe("in a layer", () => {
  it("fontconfig: configuration that no package owns as well, rewritten, with the variable", async () => {
    const image = new FakeImage()
      .file(`${LIB}/libfontconfig.so.1`, library("libfontconfig.so.1"))
      .file("/etc/fonts/fonts.conf", "<dir>/usr/share/fonts</dir><cachedir>/var/cache/fontconfig</cachedir>");
    const packages = [image.owned("libfontconfig1")];
    image
      .link("/etc/fonts/conf.d/10-x.conf", "/usr/share/fontconfig/conf.avail/10-x.conf")
      .file("/usr/share/fontconfig/conf.avail/10-x.conf", "x");
    const assembly = await layerOf(image, { packages });
    expect(pathsOf(assembly)).toStrictEqual([
      "etc/fonts/conf.d/10-x.conf",
      "etc/fonts/fonts.conf",
      "lib/libfontconfig.so.1",
    ]);
    expect(Buffer.from(assembly.files[1]?.bytes ?? []).toString()).toBe(
      "<dir>/opt/usr/share/fonts</dir><cachedir>/tmp/fontconfig</cachedir>",
    );
    expect(assembly.files[1]?.reasons).toStrictEqual([{ kind: "recipe", recipe: "fontconfig" }]);
    expect(assembly.environment).toStrictEqual({ FONTCONFIG_PATH: "/opt/etc/fonts" });
    expect(assembly.notes).toStrictEqual([
      "fontconfig: Fonts come from font packages in Runtime, such as fonts-dejavu-core or dejavu-sans-fonts.",
    ]);
    const less = await layerOf(image, { packages, exclude: ["/etc/fonts/**"] });
    expect(pathsOf(less)).toStrictEqual(["lib/libfontconfig.so.1"]);
    expect(less.environment).toStrictEqual({});
  });

  it("xmlsec: the plain name that it asks for, where the layer has the library and not the name", async () => {
    const image = new FakeImage().file(
      `${LIB}/libxmlsec1-openssl.so.1.2`,
      library("libxmlsec1-openssl.so.1"),
    );
    const { files } = await layerOf(image, { packages: [image.owned("libxmlsec1-openssl")] });
    expect(files.map(({ path, link }) => [path, link])).toStrictEqual([
      ["lib/libxmlsec1-openssl.so", true],
      ["lib/libxmlsec1-openssl.so.1", false],
    ]);
    expect(Buffer.from(files[0]?.bytes ?? []).toString()).toBe("libxmlsec1-openssl.so.1");
    expect(files[0]?.reasons).toStrictEqual([{ kind: "recipe", recipe: "xmlsec-crypto" }]);
  });

  it("unixODBC: a driver in its folder gets a name in lib/; MariaDB: plug-ins get their variable", async () => {
    const image = new FakeImage()
      .file(`${LIB}/odbc/libtdsodbc.so`, library())
      .file(`${LIB}/libmariadb3/plugin/dialog.so`, library());
    const packages = [image.owned("libodbc2"), { ...image.owned("libmariadb3"), paths: [] }];
    const { files, environment, notes } = await layerOf(image, { packages });
    expect(files.map(({ path, link, bytes }) => (link ? Buffer.from(bytes).toString() : path))).toStrictEqual(
      ["lib/libmariadb3/plugin/dialog.so", "odbc/libtdsodbc.so", "lib/odbc/libtdsodbc.so"],
    );
    expect(environment).toStrictEqual({ MARIADB_PLUGIN_DIR: "/opt/lib/libmariadb3/plugin" });
    expect(notes.filter((note) => note.includes("plug-ins"))).toStrictEqual([]);
  });
});
