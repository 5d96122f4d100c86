/** An identity-based policy's statement: what the caller may do. `*` and `?` are wildcards. */
export interface PolicyStatement {
  readonly Effect: "Allow";
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
}

/** A statement of a layer version's own policy, as the service words it. */
export interface Statement {
  readonly Sid: string;
  readonly Effect: "Allow";
  readonly Principal: string | { readonly AWS: string };
  readonly Action: string;
  readonly Resource: string;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** A live layer version. */
export interface StoredVersion {
  readonly name: string;
  readonly version: number;
  readonly arn: string;
  readonly layerArn: string;
  readonly description: string;
  readonly architectures: readonly string[];
  readonly runtimes: readonly string[];
  readonly licenseInfo: string | undefined;
  /** base64 of the SHA-256. */
  readonly codeSha256: string;
  readonly size: number;
  /** As the service writes it: 2026-11-21T09:00:00.000+0000. */
  readonly createdDate: string;
  readonly zip?: Buffer;
}

/** What somebody else publishes behind the product's back. */
export interface ForeignVersion {
  readonly name: string;
  readonly description?: string;
  readonly architectures?: readonly string[];
  readonly runtimes?: readonly string[];
  readonly licenseInfo?: string;
  /** Milliseconds; without it, the fake's clock. */
  readonly createdDate?: number;
  /** Not checked; without it the version has some content nobody else has. */
  readonly zip?: Uint8Array;
  readonly codeSha256?: string;
  readonly size?: number;
}

export interface FakeFunction {
  readonly name: string;
  readonly versions: readonly { readonly version: string; readonly layers: readonly string[] }[];
}

export interface FakeUpload {
  readonly key: string;
  readonly parts: Map<number, { readonly etag: string; readonly data: Buffer }>;
}

export interface FakeBucket {
  readonly region: string;
  readonly objects: Map<string, Buffer>;
  /** Multipart uploads neither completed nor aborted. */
  readonly uploads: Map<string, FakeUpload>;
}

export interface FakeOptions {
  readonly region?: string;
  readonly partition?: string;
  readonly account?: string;
  /** The most items of a page, whatever MaxItems asks for. */
  readonly pageSize?: number;
  /** Decides the order of every listing. */
  readonly seed?: number;
  /** Milliseconds before each answer. */
  readonly latency?: number;
  /** Token bucket over all Lambda calls. */
  readonly rate?: { readonly perSecond: number; readonly burst: number };
  readonly now?: () => number;
}

/** One request, in order of arrival. */
export interface Call {
  readonly id: number;
  readonly service: "lambda" | "s3";
  readonly operation: string;
  /** The IAM action and the resource it is checked against. */
  readonly action: string;
  readonly resource: string;
  /** Path, query and body members; of Content.ZipFile only the number of its bytes. */
  params: Record<string, unknown>;
  /** performance.now() at arrival. */
  readonly at: number;
  /** Missing until answered, and for good when cut. */
  status?: number;
}

/** before: read, valid and allowed, not carried out; after: carried out (or refused by what is stored), not answered. */
export type Phase = "before" | "after";

export type Outcome =
  | undefined
  | { readonly cut: true }
  | {
      readonly status: number;
      readonly error: string;
      readonly message?: string;
      readonly headers?: Readonly<Record<string, string>>;
    };

export interface Fake {
  readonly url: string;
  readonly calls: Call[];
  // oxlint-disable-next-line typescript/no-invalid-void-type -- a hook that only waits returns nothing
  intercept?: ((call: Call, phase: Phase) => Outcome | void | Promise<Outcome | void>) | undefined;
  /** When set, IAM is enforced with these statements. */
  policy?: readonly PolicyStatement[] | undefined;
  readonly functions: FakeFunction[];
  readonly buckets: Map<string, FakeBucket>;
  /** The live versions, by number; of all layers or of one. */
  versions(name?: string): StoredVersion[];
  /** The statements of a layer version's policy. */
  permissions(arn: string): Statement[];
  addVersion(version: ForeignVersion): StoredVersion;
  deleteVersion(arn: string): void;
  addBucket(name: string, region?: string): FakeBucket;
  /** Ends when no request is under way: nothing that a client left behind is carried out later. */
  settle(): Promise<void>;
  close(): Promise<void>;
}
