import { chmod, cp, mkdir, mkdtemp, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { buffer } from "node:stream/consumers";
import * as fc from "fast-check";
import { extract } from "tar-stream";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { contextFiles } from "../../src/engine/context-files.ts";
import { ContextError, readContext } from "../../src/engine/context.ts";
import { contextArchive } from "../../src/engine/docker/context-archive.ts";

let folder: string;
let dockerfile: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sam-pkg-context-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  dockerfile = join(folder, "Dockerfile");
  await put({ Dockerfile: "FROM a\n", "src/main.c": "main" });
});

async function put(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(join(folder, name, ".."), { recursive: true });
    await writeFile(join(folder, name), text);
  }
}

const digest = async (change: Partial<Parameters<typeof readContext>[0]> = {}): Promise<string> =>
  (await readContext({ file: dockerfile, context: folder, args: {}, ...change })).digest;

const names = async (): Promise<string[]> => (await contextFiles(folder, dockerfile)).map(({ name }) => name);

describe("a Dockerfile's digest", () => {
  it.each<[string, () => Promise<unknown>]>([
    ["the Dockerfile's comments", () => put({ Dockerfile: "# a comment\n\nFROM a" })],
    ["dates", () => utimes(join(folder, "src/main.c"), 1, 1)],
    ["permissions that umask gives", () => chmod(join(folder, "src/main.c"), 0o600)],
    ["what is ignored", () => put({ ".dockerignore": "*.log\n# comment\n", "a.log": "1" })],
    ["how the ignoring is written", () => put({ "Dockerfile.dockerignore": "nothing\n" })],
  ])("does not see %s", async (_what, change) => {
    const before = await digest();
    await change();
    expect(await digest()).toBe(before);
  });

  it("does not see where all lies", async () => {
    const other = await mkdtemp(join(tmpdir(), "sam-pkg-context-"));
    onTestFinished(() => rm(other, { recursive: true, force: true }));
    await cp(folder, other, { recursive: true });
    expect(await digest({ file: join(other, "Dockerfile"), context: other })).toBe(await digest());
  });

  it.each<[string, () => Promise<unknown>]>([
    ["an instruction", () => put({ Dockerfile: "FROM b" })],
    ["a file's content", () => put({ "src/main.c": "niam" })],
    ["a file's name", () => put({ "src/other.c": "main" })],
    ["a program", () => chmod(join(folder, "src/main.c"), 0o755)],
    ["a folder without files", () => mkdir(join(folder, "empty"))],
    ["where a link leads", () => symlink("/nowhere", join(folder, "link"))],
  ])("sees %s", async (_what, change) => {
    const before = await digest();
    await change();
    expect(await digest()).not.toBe(before);
  });

  it("sees arguments, in whatever order, and the target", async () => {
    await put({ Dockerfile: "FROM a AS one" });
    const digests = [
      await digest(),
      await digest({ args: { A: "1", B: "2" } }),
      await digest({ args: { A: "2", B: "1" } }),
      await digest({ target: "one" }),
    ];
    expect(new Set(digests).size).toBe(4);
    expect(await digest({ args: { B: "2", A: "1" } })).toBe(digests[1]);
  });

  it("is the same for a Dockerfile outside of its context as long as it says the same", async () => {
    const context = join(folder, "src");
    const before = await digest({ context });
    await put({ "moved.Dockerfile": "# moved\nFROM a" });
    expect(await digest({ context, file: join(folder, "moved.Dockerfile") })).toBe(before);
  });
});

describe("what a context holds", () => {
  it("is what .dockerignore leaves, by Docker's rules", async () => {
    await put({
      ".dockerignore": "# comment\n/build\n**/*.log\n!keep.log\nvendor\n!vendor/kept/*.c\n",
      "build/x": "",
      "src/deep/a.log": "",
      "keep.log": "",
      "vendor/x": "",
      "vendor/kept/a.c": "",
      "src/build/y": "",
    });
    expect(await names()).toStrictEqual([
      "Dockerfile",
      "keep.log",
      "src",
      "src/build",
      "src/build/y",
      "src/deep",
      "src/main.c",
      "vendor/kept/a.c",
    ]);
  });

  it("is what the Dockerfile's own list leaves, when it has one", async () => {
    await put({ ".dockerignore": "src", "Dockerfile.dockerignore": "*.md", "a.md": "" });
    expect(await names()).toStrictEqual([".dockerignore", "Dockerfile", "src", "src/main.c"]);
  });

  it("nothing behind links, and no sockets", async () => {
    await symlink("/etc", join(folder, "etc"));
    const server = createServer();
    await new Promise<void>((done) => void server.listen(join(folder, "socket"), done));
    onTestFinished(() => void server.close());
    expect(await names()).toStrictEqual(["Dockerfile", "etc", "src", "src/main.c"]);
  });

  const path = fc.array(fc.constantFrom("a", "b", "c.log"), { minLength: 1, maxLength: 3 });
  it("goes to the engine with names, links and modes, and with the Dockerfile under its own name", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(path, { selector: String }), fc.string(), async (paths, text) => {
        const place = await mkdtemp(join(folder, "property-"));
        for (const parts of paths) {
          await mkdir(join(place, ...parts), { recursive: true });
          await writeFile(join(place, ...parts, "file"), text, { mode: 0o700 });
        }
        const entries = await contextFiles(place, dockerfile);
        const archive = contextArchive(entries, { name: ".own", bytes: Buffer.from("FROM a") }, (error) => {
          throw error;
        });
        const found = new Map<string, string>();
        for await (const entry of archive.pipe(extract())) {
          const { name, type, mode, mtime, uid, gid } = entry.header;
          expect([uid, gid, mtime?.getUTCFullYear()]).toStrictEqual([0, 0, 2000]);
          const content = (await buffer(entry)).toString();
          found.set(name, type === "file" ? `${mode?.toString(8)} ${content}` : (type ?? ""));
        }
        const expected = new Map([
          ...entries.map(({ name, type }) => [name, type === "file" ? `755 ${text}` : "directory"] as const),
          [".own", "644 FROM a"] as const,
          [".dockerignore", "644 .dockerignore\n.own\n"] as const,
        ]);
        expect(found).toStrictEqual(expected);
      }),
      { numRuns: 20 },
    );
  });
});

const shown = (name = ""): string => relative(process.cwd(), join(folder, name));
const told = async (change: Partial<Parameters<typeof readContext>[0]>): Promise<string> => {
  const error: unknown = await digest(change).catch((caught: unknown) => caught);
  if (!(error instanceof ContextError)) throw error;
  expect(error.hint).not.toBe("");
  return error.message;
};

describe("what cannot be read is told", () => {
  it("a Dockerfile that is not there, or is a folder, or says nothing", async () => {
    expect(await told({ file: join(folder, "no") })).toBe(`there is no ${shown("no")}`);
    expect(await told({ file: join(folder, "src") })).toBe(`${shown("src")} is a folder`);
    await put({ Dockerfile: "# nothing\nRUN true" });
    expect(await told({})).toBe(`${shown("Dockerfile")} has no FROM`);
  });

  it("a target that is no stage", async () => {
    expect(await told({ target: "test" })).toBe(`${shown("Dockerfile")} has no stage test`);
  });

  it("a context that is not there, or is a file", async () => {
    const context = join(folder, "no");
    const start = `the context of ${shown("Dockerfile")}`;
    expect(await told({ context })).toBe(`${start} is not there: ${shown("no")}`);
    expect(await told({ context: dockerfile })).toBe(`${start} is not a folder: ${shown("Dockerfile")}`);
  });

  it("a list of what to ignore that is a folder", async () => {
    await mkdir(join(folder, ".dockerignore"));
    expect(await told({})).toBe(
      `what ${shown("Dockerfile")} copies cannot be read: EISDIR: illegal operation on a directory, read`,
    );
  });

  it.skipIf(process.getuid?.() === 0)("a file that may not be read", async () => {
    await chmod(join(folder, "src/main.c"), 0);
    expect(await told({})).toBe(
      `what ${shown("Dockerfile")} copies cannot be read: ${shown("src/main.c")} (EACCES)`,
    );
  });
});
