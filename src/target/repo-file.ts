/** A repository as dnf, microdnf and yum read it from a `.repo` file (yum.conf(5), dnf.conf(5)). */
export interface RepoSection {
  readonly id: string;
  readonly baseUrl?: string;
  readonly mirrorList?: string;
  readonly gpgCheck: boolean;
  /** Absolute paths of keys. */
  readonly gpgKeys: readonly string[];
  readonly priority?: number;
}

/** The `.repo` file of one repository. Whatever the values hold, no line and no section comes of them. */
export function repoFile({ id, baseUrl, mirrorList, gpgCheck, gpgKeys, priority }: RepoSection): string {
  const lines = [
    `[${id}]`,
    `name=${id}`,
    baseUrl === undefined ? "" : `baseurl=${oneUrl(baseUrl)}`,
    mirrorList === undefined
      ? ""
      : `${mirrorList.includes("metalink") ? "metalink" : "mirrorlist"}=${oneUrl(mirrorList)}`,
    "enabled=1",
    `gpgcheck=${gpgCheck ? 1 : 0}`,
    gpgKeys.length > 0 ? `gpgkey=${gpgKeys.map((path) => `file://${path}`).join(" ")}` : "",
    priority === undefined ? "" : `priority=${priority}`,
    "skip_if_unavailable=0",
  ];
  return lines.filter((line) => line !== "").join("\n") + "\n";
}

/** A URL in printable ASCII without the comma that would part it in two. */
function oneUrl(url: string): string {
  return [...Buffer.from(url)]
    .map((byte) => String.fromCharCode(byte))
    .map((char) => (/[!-~]/.test(char) && char !== "," ? char : encoded(char)))
    .join("");
}

const encoded = (char: string): string =>
  `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
