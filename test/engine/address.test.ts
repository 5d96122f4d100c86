import { expect, test } from "vitest";
import { addressText, parseAddress } from "../../src/engine/docker/address.ts";
import { sshWords } from "../../src/engine/docker/ssh.ts";

const socket = (path: string) => ({ kind: "socket", path });
const tcp = (host: string, port: number, secure = false) => ({ kind: "tcp", host, port, secure });

test.each([
  ["unix:///run/my engine.sock", socket("/run/my engine.sock"), "unix:///run/my engine.sock"],
  ["npipe:////./pipe/docker_engine", socket("//./pipe/docker_engine"), "npipe:////./pipe/docker_engine"],
  ["tcp://10.0.0.1", tcp("10.0.0.1", 2375), "tcp://10.0.0.1:2375"],
  ["tcp://build.example:2376/", tcp("build.example", 2376, true), "tcp://build.example:2376"],
  ["build.example:1234", tcp("build.example", 1234), "tcp://build.example:1234"],
  ["http://h", tcp("h", 80), "tcp://h:80"],
  ["https://h", tcp("h", 443, true), "tcp://h:443"],
  ["tcp://[::1]:2375", tcp("::1", 2375), "tcp://[::1]:2375"],
  ["ssh://h", { kind: "ssh", host: "h" }, "ssh://h"],
  [
    "ssh://me@h:2222/run/user/7/docker.sock",
    { kind: "ssh", host: "h", user: "me", port: 2222, socket: "/run/user/7/docker.sock" },
    "ssh://me@h:2222/run/user/7/docker.sock",
  ],
])("%s", (text, address, written) => {
  const parsed = parseAddress(text, false);
  expect(parsed).toEqual(address);
  expect(parsed && addressText(parsed)).toBe(written);
});

test("TLS that is wanted changes the default port, and holds for http, too", () => {
  expect(parseAddress("tcp://h", true)).toEqual(tcp("h", 2376, true));
  expect(parseAddress("http://h:8080", true)).toEqual(tcp("h", 8080, true));
});

test.each([
  "",
  "unix://",
  "tcp://",
  "tcp://h:99999",
  "tcp://h/prefix",
  "tcp://user@h",
  "fd://",
  "ftp://h",
  "ssh://me:secret@h",
  "ssh://-oProxyCommand=x",
  "ssh://-oProxyCommand=x@h",
  "ssh://$(id)@h",
  "ssh://h/run/$(id).sock",
  "ssh://h/run/a b.sock",
  "ssh://h?x",
])("no address: %j", (text) => {
  expect(parseAddress(text, false)).toBeUndefined();
});

test("ssh asks nothing, and takes no name for an option", () => {
  const words = sshWords({ kind: "ssh", host: "h", user: "me", port: 22, socket: "/s" });
  expect(words.join(" ")).toBe(
    "-T -o BatchMode=yes -o ConnectTimeout=30 -l me -p 22 -- h docker --host unix:///s system dial-stdio",
  );
});
