// The mission on engines that are spoken to over a network: dockerd over TLS, and over ssh.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, copyFile, mkdir, mkdtemp, readFile, writeFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { contextOf, expectFailure, expectMission, folder, run, withPackages } from "./engines.ts";
import { lab, samPkg } from "./project.ts";
import { hostOf, startEngine, stopEngine } from "./second-engine.ts";

const place = join(folder, "docker-tls");

beforeAll(() => startEngine("docker-tls", place, "1g", [lab("LAB_IMAGE_RUNTIME_PYTHON3_11_DNF")]));
afterAll(() => stopEngine(place));

/** The containers of that engine, which no one else uses. */
const containers = async (): Promise<string> =>
  (await run("docker", ["-H", hostOf(place), "ps", "-aq"])).stdout;

describe("dockerd over TLS", () => {
  let DOCKER_HOST: string;
  beforeAll(async () => {
    DOCKER_HOST = `tcp://127.0.0.1:${await readFile(join(place, "port"), "utf8")}`;
  });

  test("by DOCKER_HOST with DOCKER_CERT_PATH", async () => {
    const env = { DOCKER_HOST, DOCKER_TLS_VERIFY: "1", DOCKER_CERT_PATH: join(place, "client") };
    const result = await expectMission(env, `at ${DOCKER_HOST} (DOCKER_HOST)`);
    expect(result.stderr).toContain("\nnext: sam build ");
  });

  test("by a context, whose certificates other clients are led to", async () => {
    const files = ["ca", "cert", "key"].map((name) => `${name}=${place}/client/${name}.pem`);
    const DOCKER_CONFIG = await contextOf("far", [`host=${DOCKER_HOST}`, ...files].join(","));
    const result = await expectMission({ DOCKER_CONFIG, DOCKER_CONTEXT: "far" }, `(context far)`);
    const next = /^next: (.*) sam build /m.exec(result.stderr)?.[1] ?? "";
    const { stdout } = await run("env", [
      ...next.split(" "),
      "docker",
      "info",
      "--format",
      "{{.DockerRootDir}}",
    ]);
    expect(stdout.trim()).toBe(join(place, "data"));
  });

  test.each([
    [
      "an authority that did not sign the engine's certificate",
      ["ca.pem"],
      "its certificate cannot be trusted",
    ],
    [
      "a client's certificate of another authority",
      ["cert.pem", "key.pem"],
      "it refuses the client's certificate",
    ],
  ])("%s", async (_name, files, said) => {
    const DOCKER_CERT_PATH = await mkdtemp(join(folder, "certificates-"));
    for (const file of ["ca.pem", "cert.pem", "key.pem"]) {
      const whose = files.includes(file) ? "stranger" : "client";
      await copyFile(join(place, whose, file), join(DOCKER_CERT_PATH, file));
    }
    const stderr = await expectFailure({ DOCKER_HOST, DOCKER_TLS_VERIFY: "1", DOCKER_CERT_PATH });
    expect(stderr).toContain(
      `error: cannot reach a container engine at ${DOCKER_HOST} (DOCKER_HOST): ${said}\n  | `,
    );
    expect(stderr).toContain("DOCKER_CERT_PATH");
  });

  test("spoken to without TLS", async () => {
    const stderr = await expectFailure({ DOCKER_HOST });
    expect(stderr).toContain("(DOCKER_HOST): it speaks TLS only\n  hint: set DOCKER_TLS_VERIFY=1");
  });
});

describe("dockerd over ssh", () => {
  let env: { DOCKER_HOST: string; PATH: string };
  let stop: () => Promise<unknown>;

  // A real sshd, and the user's own ssh with a configuration that is not the user's.
  beforeAll(async () => {
    const keys = join(folder, "ssh");
    await mkdir(join(keys, "bin"), { recursive: true });
    for (const name of ["host", "user"]) {
      await run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", join(keys, name)]);
    }
    const port = await freePort();
    const hostKey = await readFile(join(keys, "host.pub"), "utf8");
    await writeFile(join(keys, "known"), `[127.0.0.1]:${port} ${hostKey}`);
    await writeFile(
      join(keys, "sshd_config"),
      `ListenAddress 127.0.0.1:${port}\nHostKey ${keys}/host\nAuthorizedKeysFile ${keys}/user.pub\nStrictModes no\nUsePAM no\nPasswordAuthentication no\nPidFile none\n`,
    );
    await writeFile(
      join(keys, "ssh_config"),
      `Host builder\nHostName 127.0.0.1\nPort ${port}\nIdentityFile ${keys}/user\nIdentitiesOnly yes\nUserKnownHostsFile ${keys}/known\n`,
    );
    const { stdout: ssh } = await run("which", ["ssh"]);
    await writeFile(join(keys, "bin/ssh"), `#!/bin/sh\nexec ${ssh.trim()} -F ${keys}/ssh_config "$@"\n`);
    await chmod(join(keys, "bin/ssh"), 0o755);
    await mkdir("/run/sshd", { recursive: true });
    const sshd = spawn("/usr/sbin/sshd", ["-D", "-e", "-f", join(keys, "sshd_config")], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    await once(sshd.stderr, "data");
    sshd.stderr.resume();
    stop = () => {
      sshd.kill();
      return once(sshd, "close");
    };
    env = { DOCKER_HOST: "ssh://builder", PATH: join(keys, "bin") + delimiter + process.env["PATH"] };
  });
  afterAll(() => stop());

  test("by a context", async () => {
    const DOCKER_CONFIG = await contextOf("far", `host=${env.DOCKER_HOST}`);
    const { PATH } = env;
    await expectMission({ PATH, DOCKER_CONFIG, DOCKER_CONTEXT: "far" }, "at ssh://builder (context far)");
  });

  test.each(["SIGINT", "SIGKILL"] as const)("%s in the middle leaves no container", async (signal) => {
    const DOCKER_HOST = `ssh://builder${place}/engine.sock`;
    let sent = false;
    let running: Promise<string> | undefined;
    const result = await samPkg(["transform", "--publish", "none"], {
      cwd: await withPackages(),
      env: { ...env, DOCKER_HOST },
      onStderr: (text, kill) => {
        if (sent || !text.includes("installing libmariadb3")) return;
        sent = true;
        running = containers().finally(() => kill(signal));
      },
    });
    expect(await running).not.toBe("");
    expect(result.code).toBe(signal === "SIGINT" ? 130 : null);
    expect(result.stderr).toContain(`at ${DOCKER_HOST} (DOCKER_HOST)`);
    await expect.poll(containers, { timeout: 30_000 }).toBe("");
  });

  test("a host whose key is not known, or that has no such user: ssh's own words", async () => {
    const unknown = await expectFailure({ ...env, DOCKER_HOST: "ssh://127.0.0.2:1" });
    expect(unknown).toContain(
      "at ssh://127.0.0.2:1 (DOCKER_HOST): ssh cannot get there\n  | ssh: connect to host",
    );
    const stranger = await expectFailure({ ...env, DOCKER_HOST: "ssh://no-such-user@builder" });
    expect(stranger).toMatch(/\| .*Permission denied \(publickey/);
    expect(stranger).toContain("hint: `ssh -o BatchMode=yes");
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}
