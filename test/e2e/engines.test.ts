// The mission on the engines of one machine: dockerd, Podman, and none.
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, symlink } from "node:fs/promises";
import { createServer } from "node:net";
import { delimiter, dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import {
  contextOf,
  digestHere,
  digestOf,
  expectFailure,
  expectMission,
  folder,
  run,
  runHere,
  withPackages,
} from "./engines.ts";
import { expectCode, lab, samPkg } from "./project.ts";
import { hostOf, startEngine, stopEngine } from "./second-engine.ts";

const DEFAULT = "unix:///var/run/docker.sock";

describe("the machine's dockerd", () => {
  test("when nothing names another", async () => {
    const result = await runHere();
    expectCode(result, 0);
    expect(result.stderr).toMatch(new RegExp(`^using docker [\\d.+a-z]+ at ${DEFAULT}$`, "m"));
    expect(result.stderr).toContain("\nnext: sam build ");
  });

  test("by DOCKER_HOST, and by a context", async () => {
    await expectMission({ DOCKER_HOST: DEFAULT }, `at ${DEFAULT} (DOCKER_HOST)`);
    const DOCKER_CONFIG = await contextOf("mine", `host=${DEFAULT}`);
    const result = await expectMission(
      { DOCKER_CONFIG, DOCKER_CONTEXT: "mine" },
      `at ${DEFAULT} (context mine)`,
    );
    expect(result.stderr).toContain("\nnext: sam build ");
  });

  test("is not taken when another engine is named that does not answer", async () => {
    const DOCKER_CONFIG = await contextOf("gone", `host=unix://${folder}/gone.sock`);
    await run("docker", ["context", "use", "gone"], { env: { ...process.env, DOCKER_CONFIG } });
    expect(await expectFailure({ DOCKER_CONFIG })).toBe(
      `error: cannot reach a container engine at unix://${folder}/gone.sock (context gone): there is no such socket
  hint: start it, or name another one by DOCKER_HOST or \`docker context use\`
`,
    );
  });
});

describe("Podman", () => {
  const place = join(folder, "podman");
  const host = hostOf(place);
  beforeAll(() =>
    startEngine("podman", place, "4g", [
      lab("LAB_IMAGE_RUNTIME_PYTHON3_11_DNF"),
      lab("LAB_IMAGE_BUILD_PYTHON3_11_DNF"),
    ]),
  );
  afterAll(() => stopEngine(place));

  // Podman 4.3 can take the container for running when SAM CLI has seen it end already: "open /proc/…/ns/mnt".
  test("by a context: SAM CLI, which knows none, is led to it and builds", { retry: 3 }, async () => {
    const cwd = await withPackages(lab("LAB_IMAGE_BUILD_PYTHON3_11_DNF"));
    const env = {
      DOCKER_CONFIG: await contextOf("pod", `host=${host}`),
      DOCKER_CONTEXT: "pod",
      PATH: dirname(lab("SAM")) + delimiter + process.env["PATH"],
    };
    const result = await samPkg(["build", "--publish", "template"], { cwd, env });
    expectCode(result, 0);
    expect(result.stderr).toMatch(new RegExp(`^using podman [\\d.]+ at ${host} \\(context pod\\)$`, "m"));
    expect(result.stderr).toContain(`\nrunning: DOCKER_HOST=${host} sam build --template-file `);
    expect(result.stdout).toContain("Build Succeeded");
    expect(digestOf(result)).toBe(await digestHere());
    const { stdout } = await run("docker", ["-H", host, "ps", "-aq"]);
    expect(stdout).toBe("");
  });

  test("at its known socket, when Docker's is not there", async () => {
    const system = await runFolder();
    await mkdir(join(system, "podman"));
    await symlink(join(place, "engine.sock"), join(system, "podman/podman.sock"));
    const known = "unix:///run/podman/podman.sock";
    const result = await expectMission({}, `at ${known} (rootful Podman)`, withRun(system));
    expect(result.stderr).toContain(`\nnext: DOCKER_HOST=${known} sam build --template-file `);
  });
});

describe("no engine", () => {
  test("at all: what was tried", async () => {
    const stderr = await expectFailure({}, withRun(await runFolder()));
    expect(stderr).toMatch(
      /^error: no container engine answers\n {2}\| unix:\/\/\/var\/run\/docker.sock: not there\n/,
    );
    expect(stderr).toContain("  | unix:///run/podman/podman.sock (rootful Podman): not there\n");
    expect(stderr).toMatch(/ {2}hint: start Docker, Podman .*\n$/);
  });

  test("that this user may use: that comes first, and what to do", async () => {
    const place = await runFolder();
    const socket = join(place, "podman.sock");
    const server = createServer().listen(socket);
    onTestFinished(() => void server.close());
    await once(server, "listening");
    await chmod(socket, 0);
    await mkdir(join(place, "podman"));
    await symlink("../podman.sock", join(place, "podman/podman.sock"));
    // Root may open everything: without that capability it is a user like others.
    const drop = ["setpriv", "--inh-caps=-all", "--bounding-set=-dac_override"];
    const stderr = await expectFailure({}, [...withRun(place), ...drop]);
    expect(stderr).toMatch(
      /^error: no container engine answers\n {2}\| unix:\/\/\/run\/podman\/podman.sock \(rootful Podman\): this user may not open it\n/,
    );
    expect(stderr).toContain("hint: let your user open it");
  });
});

/** A folder to stand in for /run, where the system's sockets are. */
const runFolder = (): Promise<string> => mkdtemp(join(folder, "run-"));

/** A command that runs its arguments with this folder as /run. */
const withRun = (place: string): string[] => [
  "unshare",
  "--mount",
  "sh",
  "-c",
  'mount --bind "$0" /run && exec "$@"',
  place,
];
