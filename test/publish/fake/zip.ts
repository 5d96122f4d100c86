import { invalid } from "./validate.ts";

const LOCAL_HEADER = 0x04034b50;
const CENTRAL_HEADER = 0x02014b50;
const END_RECORD = 0x06054b50;
const END_LENGTH = 22;
const CENTRAL_LENGTH = 46;
const UNZIPPED_LIMIT = 262144000;

/** Checks an archive as the service does. Throws Refusal. */
export function checkZip(zip: Buffer): void {
  const unzipped = unzippedSize(zip);
  if (unzipped === undefined) {
    throw invalid("Could not unzip uploaded file. Please check your file, then try to upload again.");
  }
  if (unzipped > UNZIPPED_LIMIT) {
    throw invalid(`Unzipped size must be smaller than ${UNZIPPED_LIMIT} bytes`);
  }
}

/** The sum of the entries' sizes, or undefined when it is no archive with entries. */
function unzippedSize(zip: Buffer): number | undefined {
  const end = endRecord(zip);
  if (end === undefined || zip.readUInt32LE(0) !== LOCAL_HEADER) return undefined;
  let total = 0;
  let count = 0;
  let at = zip.readUInt32LE(end + 16);
  while (at + CENTRAL_LENGTH <= end && zip.readUInt32LE(at) === CENTRAL_HEADER) {
    const local = zip.readUInt32LE(at + 42);
    if (local + 4 > zip.length || zip.readUInt32LE(local) !== LOCAL_HEADER) return undefined;
    total += zip.readUInt32LE(at + 24);
    count += 1;
    at += CENTRAL_LENGTH + zip.readUInt16LE(at + 28) + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  // The record has room for 16 bits of the number of entries; a zip64 archive says 0xffff.
  const counted = zip.readUInt16LE(end + 10);
  return count > 0 && (counted === count || counted === 0xffff) ? total : undefined;
}

function endRecord(zip: Buffer): number | undefined {
  const first = Math.max(0, zip.length - END_LENGTH - 0xffff);
  for (let at = zip.length - END_LENGTH; at >= first; at -= 1) {
    if (zip.readUInt32LE(at) === END_RECORD && at + END_LENGTH + zip.readUInt16LE(at + 20) === zip.length) {
      return at;
    }
  }
  return undefined;
}
