/** A further repository of packages, as `Packages.Repositories` names it. */
export interface Repository {
  readonly name: string;
  /** Exactly one of the two. */
  readonly baseUrl?: string;
  readonly mirrorList?: string;
  /** Path or URL of the key that signs its packages; absent only where nothing is checked. */
  readonly gpgKey?: string;
  /** 40 hex digits in capitals; there for every key from a URL. */
  readonly gpgKeyFingerprint?: string;
  readonly gpgCheck: boolean;
  /** 1 to 99; of packages by one name, those of the lowest number are taken. */
  readonly priority?: number;
}

/** Whether a key is fetched from elsewhere, not read from a file. */
export function isUrl(key: string): boolean {
  return /^(?:https?|file):\/\//.test(key);
}
