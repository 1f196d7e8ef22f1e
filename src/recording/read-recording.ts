/** Reads the lines of a recording, and says in a sentence at which line a file is none. */
import type { z } from 'zod';
import {
  endSchema,
  formatSchema,
  FORMAT_VERSION,
  headerSchema,
  lookSchema,
  type End,
  type Header,
  type RecordedLook,
} from './format.ts';

export interface Recording {
  readonly header: Header;
  readonly looks: readonly RecordedLook[];
  /** `null` where the recorder was killed: later looks may be missing. */
  readonly end: End | null;
}

/** Says what is wrong, without a full stop. */
export class UnreadableRecording extends Error {
  override readonly name = 'UnreadableRecording';
}

export function readRecording(text: string): Recording {
  const lines = text.split('\n');
  const isCut = lines.pop() !== '';
  const values = lines.map((line, index) => valueOf(line, index + 1));
  if (values.length === 0 && !isCut) throw new UnreadableRecording('it is empty');
  const header = headerOf(isCut && values.length === 0 ? valueOf(text, 1) : values[0]);
  if (isCut)
    throw new UnreadableRecording(
      `line ${lines.length + 1} is cut off; without it, what stands before it can be replayed`,
    );
  const looks: RecordedLook[] = [];
  let end: End | null = null;
  for (const [index, value] of values.entries()) {
    const number = index + 1;
    if (number === 1) continue;
    if (end !== null) throw new UnreadableRecording(`line ${number} stands behind the end of the recording`);
    if (typeof value === 'object' && value !== null && 'end' in value) {
      end = fitting(endSchema, value, number);
      if (end.looks !== looks.length)
        throw new UnreadableRecording(
          `line ${number} says that there are ${end.looks} looks, and there are ${looks.length}`,
        );
      continue;
    }
    const look = fitting(lookSchema, value, number);
    if (look.look !== looks.length + 1)
      throw new UnreadableRecording(
        `line ${number} is look ${look.look}, where look ${looks.length + 1} is expected: lines are missing`,
      );
    looks.push(look);
  }
  return { header, looks, end };
}

function valueOf(line: string, number: number): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    throw new UnreadableRecording(
      number === 1 ? 'line 1 is not the header of a recording' : `line ${number} is not JSON`,
    );
  }
}

function headerOf(value: unknown): Header {
  const format = formatSchema.safeParse(value);
  if (!format.success) throw new UnreadableRecording('line 1 is not the header of a recording');
  const { version } = format.data;
  if (version > FORMAT_VERSION)
    throw new UnreadableRecording(
      `line 1 says that its format is ${version}, and this version of Serin reads up to ${FORMAT_VERSION}`,
    );
  return fitting(headerSchema, value, 1);
}

function fitting<T>(schema: z.ZodType<T>, value: unknown, number: number): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const path = issue?.path.map(String).join('.') ?? '';
  throw new UnreadableRecording(
    `line ${number} does not fit: ${path === '' ? '' : `${path}: `}${issue?.message ?? ''}`,
  );
}
