/** The text of a stream of server-sent events, cut into events as it arrives (HTML Living Standard, 9.2.6). */

export interface ServerEvent {
  readonly event: string;
  readonly data: string;
}

export class EventStreamParser {
  #rest = '';

  /** The events that are complete with this part of the text. */
  push(text: string): readonly ServerEvent[] {
    const blocks = `${this.#rest}${text}`.replaceAll('\r\n', '\n').split('\n\n');
    this.#rest = blocks.pop() ?? '';
    return blocks.flatMap(eventIn);
  }
}

/** Comments, which keep a connection alive, are none. */
function eventIn(block: string): readonly ServerEvent[] {
  const fields = block.split('\n').map((line) => /^(event|data):? ?(.*)$/s.exec(line));
  const valuesOf = (field: string) => fields.flatMap((found) => (found?.[1] === field ? [found[2] ?? ''] : []));
  const data = valuesOf('data');
  return data.length === 0 ? [] : [{ event: valuesOf('event').at(-1) ?? 'message', data: data.join('\n') }];
}
