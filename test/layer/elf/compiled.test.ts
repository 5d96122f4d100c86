import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { expandOrigin, readElf } from "../../../src/layer/elf/elf.ts";
import { dlopenNote, withoutSectionHeaders, Workshop } from "./compile.ts";
import { readelf } from "./readelf.ts";

const workshop = new Workshop();
afterAll(() => workshop.remove());

const nothing = "int nothing(void) { return 0; }\n";
const main = "int main(void) { return 0; }\n";

test("a library with DT_RPATH", () => {
  const elf = readElf(
    workshop.compile(
      "librpath.so",
      nothing,
      "-shared",
      "-Wl,-soname,librpath.so.1,--disable-new-dtags,-rpath,$ORIGIN/../x:${ORIGIN}:/opt/lib",
    ),
  );
  expect(elf).toMatchObject({
    class: 64,
    endian: "little",
    type: "shared",
    soname: "librpath.so.1",
    rpath: ["$ORIGIN/../x", "${ORIGIN}", "/opt/lib"],
    runpath: [],
    flags1Pie: false,
  });
  expect(elf).not.toHaveProperty("interpreter");
});

test("a library with DT_RUNPATH and without SONAME", () => {
  const elf = readElf(
    workshop.compile("librunpath.so", nothing, "-shared", "-Wl,--enable-new-dtags,-rpath,$ORIGIN::/opt/$LIB"),
  );
  expect(elf).toMatchObject({ rpath: [], runpath: ["$ORIGIN", "", "/opt/$LIB"] });
  expect(elf).not.toHaveProperty("soname");
});

test("version definitions and the needs of who links to them", () => {
  const script = workshop.write("versions", "V_1 { global: one; local: *; };\nV_2 { global: two; } V_1;\n");
  const options = ["-shared", "-nostdlib", "-Wl,-soname,libv.so.7", `-Wl,--version-script=${script}`];
  const library = workshop.compile("libv.so", "void one(void) {}\nvoid two(void) {}\n", ...options);
  expect(readElf(library)).toMatchObject({
    versionDefinitions: ["V_1", "V_2"],
    versionNeeds: [],
    needed: [],
  });
  const source = "void one(void); void two(void);\nvoid user(void) { one(); two(); }\n";
  const user = workshop.compile("libu.so", source, "-shared", "-nostdlib", "-L.", "-lv");
  const names = readElf(user).versionNeeds.map(({ file, versions }) => [
    file,
    versions.map(({ name }) => name).toSorted(),
  ]);
  expect(names).toEqual([["libv.so.7", ["V_1", "V_2"]]]);
  expect(readElf(user).needed).toEqual(["libv.so.7"]);
});

test("a weak need, which readelf sees as well", () => {
  const source = "#include <stdio.h>\nvoid user(void) { puts(0); }\n";
  const library = workshop.compile("libweak.so", source, "-shared");
  const path = join(workshop.folder, "libweak.so");
  // No linker of binutils 2.40 sets the flag by itself: set vna_flags of the first need.
  const { stdout } = spawnSync("readelf", ["-V", path], { env: { LC_ALL: "C" }, encoding: "utf8" });
  const section = Number(stdout.match(/version_r' [^]*?Offset: (0x[0-9a-f]+)/)?.[1]);
  library.writeUInt16LE(2, section + 16 + 4);
  writeFileSync(path, library);
  const { versionNeeds } = readElf(library);
  expect(versionNeeds[0]?.versions[0]?.weak).toBe(true);
  expect(versionNeeds).toEqual(readelf([path]).get(path)?.versionNeeds);
});

const read = (name: string, ...options: string[]) => readElf(workshop.compile(name, main, ...options));

test("executables: position-dependent, PIE, static, static PIE", () => {
  const interpreter = expect.stringContaining("ld-linux") as unknown;
  expect(read("fixed", "-no-pie")).toMatchObject({ type: "executable", flags1Pie: false, interpreter });
  expect(read("pie", "-pie")).toMatchObject({
    type: "shared",
    flags1Pie: true,
    interpreter,
    needed: ["libc.so.6"],
  });
  const fixed = read("static", "-static");
  expect(fixed).toMatchObject({ type: "executable", needed: [], versionNeeds: [] });
  expect(fixed).not.toHaveProperty("interpreter");
  const pie = read("static-pie", "-static-pie");
  expect(pie).toMatchObject({ type: "shared", flags1Pie: true, needed: [] });
  expect(pie).not.toHaveProperty("interpreter");
});

test("an object file has nothing to load", () => {
  expect(readElf(workshop.compile("nothing.o", nothing, "-c"))).toMatchObject({
    type: "relocatable",
    needed: [],
  });
});

test("a file of debug information that was split off", () => {
  workshop.compile("whole", main, "-g");
  spawnSync("objcopy", ["--only-keep-debug", "whole", "whole.debug"], { cwd: workshop.folder });
  const path = join(workshop.folder, "whole.debug");
  const elf = readElf(readFileSync(path));
  expect(elf).toMatchObject({ type: "shared", needed: [], versionNeeds: [], flags1Pie: false });
  expect(elf).not.toHaveProperty("interpreter");
});

test("without section headers all is still there", () => {
  const note = dlopenNote(`[{"soname":["libx.so.1"]}]`, "a");
  const whole = workshop.compile(
    "libwhole.so",
    `#include <stdio.h>\n${note}void f(void) { puts("f"); }\n`,
    "-shared",
  );
  const elf = readElf(whole);
  expect(elf.versionNeeds).not.toEqual([]);
  expect(elf.dlopenNotes).toEqual([{ soname: ["libx.so.1"] }]);
  expect(readElf(withoutSectionHeaders(whole))).toEqual(elf);
});

test.for(["a", ""] as const)("a dlopen note in a section with flags '%s'", (flags) => {
  const json =
    `[{"soname":["libx.so.2","libx.so.1"],"feature":"x","description":"ü","priority":"recommended"},
    {"soname":["liby.so.0"],"priority":"of a later edition"}]`.replaceAll("\n", " ");
  const source = dlopenNote(json, flags) + nothing;
  const library = workshop.compile(`libnote${flags}.so`, source, "-shared", "-nostdlib", "-Wl,--build-id");
  expect(readElf(library).dlopenNotes).toEqual([
    { soname: ["libx.so.2", "libx.so.1"], feature: "x", description: "ü", priority: "recommended" },
    { soname: ["liby.so.0"] },
  ]);
});

test.for(["no JSON", "{}", "[1]", `[{"soname":"libx.so"}]`, `[{"soname":[1]}]`, "[null]"])(
  "a dlopen note that holds %s is refused",
  (json) => {
    const library = workshop.compile("libbad.so", dlopenNote(json, "a") + nothing, "-shared", "-nostdlib");
    expect(() => readElf(library)).toThrow(/dlopen note/);
  },
);

test("tokens are expanded as the host's dynamic linker does", () => {
  const path = "$ORIGIN/a:${ORIGIN}b:$ORIGIN-c:$ORIGINAL/d:${ORIGIN:$HOME/e:/f/${LIBx}:$$ORIGIN";
  workshop.compile("libgone.so", nothing, "-shared", "-Wl,-soname,libgone.so.1");
  const source = "int nothing(void);\nint main(void) { return nothing(); }\n";
  const program = workshop.compile(
    "program",
    source,
    "-L.",
    "-lgone",
    `-Wl,--enable-new-dtags,-rpath,${path}`,
  );
  const env = { LD_DEBUG: "libs", LC_ALL: "C" };
  const { stderr } = spawnSync(join(workshop.folder, "program"), { env, encoding: "utf8" });
  const tried = [...stderr.matchAll(/trying file=(.*)\/libgone\.so\.1$/gm)].map((match) => match[1]);
  const { runpath } = readElf(program);
  const expanded = runpath.map((entry) => expandOrigin(entry, workshop.folder, "lib64", "x86_64"));
  // Below each folder the linker tries those of the processor's features as well, and it drops unknown ones later.
  expect(tried).toEqual(expect.arrayContaining(expanded));
});
