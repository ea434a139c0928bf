import { Transform, type TransformCallback } from 'node:stream';

const HEADER_BYTES = 8;
const STDOUT = 1;

/**
 * Takes apart what a container without a terminal sends over an attached connection: a header of a stream number,
 * three zero bytes and a 32-bit big-endian length, and that many bytes
 * (https://docs.docker.com/reference/api/engine/, "Stream format"). What it reads is the container's stdout, in
 * pieces as they come; the daemon's own words on any other stream go to `onOther`.
 */
export class StdoutOfContainer extends Transform {
  private header = Buffer.alloc(0);
  private isStdout = false;
  /** Of the frame's body, still to come. */
  private left = 0;

  constructor(private readonly onOther: (text: string) => void) {
    super();
  }

  override _transform(piece: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    let rest = piece;
    while (rest.length > 0) rest = this.left > 0 ? this.takeBody(rest) : this.takeHeader(rest);
    done();
  }

  private takeHeader(piece: Buffer): Buffer {
    const missing = HEADER_BYTES - this.header.length;
    this.header = Buffer.concat([this.header, piece.subarray(0, missing)]);
    if (this.header.length === HEADER_BYTES) {
      this.isStdout = this.header[0] === STDOUT;
      this.left = this.header.readUInt32BE(4);
      this.header = Buffer.alloc(0);
    }
    return piece.subarray(missing);
  }

  private takeBody(piece: Buffer): Buffer {
    const body = piece.subarray(0, this.left);
    this.left -= body.length;
    if (this.isStdout) this.push(body);
    else this.onOther(body.toString());
    return piece.subarray(body.length);
  }
}
