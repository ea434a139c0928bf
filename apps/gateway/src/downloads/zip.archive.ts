import { promisify } from 'node:util';
import { crc32, deflateRaw } from 'node:zlib';
import { Zip, type ZipInputFile } from 'fflate';

const deflated = promisify(deflateRaw);

const DEFLATE = 8;
const UNIX = 3;
/** A regular file that its owner may write. */
const ATTRIBUTES = 0o100644 << 16;

export interface ArchiveEntry {
  /** A relative path of plain segments. */
  readonly name: string;
  readonly bytes: Buffer;
}

/** A zip of these, one compressed after the other and away from the event loop. The same entries make the same bytes. */
export async function zipOf(entries: readonly ArchiveEntry[], modifiedAt: Date): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  const zip = new Zip((error, chunk) => {
    // Only of names that are too long, which file names are not.
    if (error) throw error;
    chunks.push(chunk);
  });
  for (const { name, bytes } of entries) {
    const file: ZipInputFile = {
      filename: name,
      size: bytes.length,
      crc: crc32(bytes),
      compression: DEFLATE,
      os: UNIX,
      attrs: ATTRIBUTES,
      mtime: modifiedAt,
    };
    zip.add(file);
    file.ondata?.(null, await deflated(bytes), true);
  }
  zip.end();
  return Buffer.concat(chunks);
}
