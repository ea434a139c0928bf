import type { InputMessage } from '@runbin/contracts/live';
import { MAX_INPUT_BYTES } from '@runbin/contracts/live';
import { type ClientMessage, ClientMessageSchema } from '@runbin/contracts/run.socket';
import { decodeBytes, encodeBytes, isBase64, splitUtf8 } from '@runbin/contracts/text';
import { MESSAGE_VERSION } from '@runbin/contracts/work';
import { invalidRequest } from '../http/contract.body';
import { parseJsonBody } from '../http/json.body';

/** A message that is not the first, and is for the program. */
export type ProgramMessage = Exclude<ClientMessage, { type: 'run' | 'attach' | 'cancel' }>;

/**
 * A text frame as a message.
 * @throws Problem `malformed_json`, `invalid_request`
 */
export function clientMessage(text: Buffer): ClientMessage {
  const parsed = ClientMessageSchema.safeParse(parseJsonBody(text));
  if (!parsed.success) throw invalidRequest(parsed.error.issues);
  return parsed.data;
}

/** What a message is to the run; undefined: it holds bytes that it does not say. */
export function inputsOf(message: ProgramMessage): InputMessage[] | undefined {
  switch (message.type) {
    case 'stdin': {
      const { data: content, encoding } = message;
      if (encoding === 'base64' ? !isBase64(content) : !content.isWellFormed()) return undefined;
      return stdinOf(decodeBytes({ content, encoding }));
    }
    case 'eof':
      return [{ v: MESSAGE_VERSION, kind: 'eof' }];
    case 'signal':
      return [{ v: MESSAGE_VERSION, kind: 'signal', signal: message.signal }];
    case 'resize':
      return [{ v: MESSAGE_VERSION, kind: 'resize', columns: message.columns, rows: message.rows }];
  }
}

/** Bytes for the program, in as many messages as they take. */
export function stdinOf(bytes: Buffer): InputMessage[] {
  const messages: InputMessage[] = [];
  for (let left = bytes; left.length > 0;) {
    const [whole] = splitUtf8(left.subarray(0, MAX_INPUT_BYTES));
    const piece = whole.length > 0 ? whole : left;
    const { content: data, encoding } = encodeBytes(piece);
    messages.push({ v: MESSAGE_VERSION, kind: 'stdin', data, encoding });
    left = left.subarray(piece.length);
  }
  return messages;
}
