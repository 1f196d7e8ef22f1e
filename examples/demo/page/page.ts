/** The page of the demo as one of its displays: what happens is sent to every browser that has it open. */
import type { Command } from '../../../src/core/view/commands.ts';
import { changeColour, tellCommand, type AttendedParts } from '../attended.ts';
import { releaseBadVersion } from '../bad-version.ts';
import type { DoorPlan } from '../inside.ts';
import { COLOURS } from '../manifests.ts';
import type { Display, Scene } from '../scene.ts';
import { EventStream, eventText } from '../../../src/dashboard/server/event-stream.ts';
import { startPageServer } from './server.ts';
import { pageAnswer, pageStateOf } from './state.ts';

const COMMANDS: readonly Command[] = ['promote', 'abort', 'retry'];

export interface Page extends Display {
  /** For a browser on the host. */
  readonly url: string;
  /** Closes the page; resolves when no browser is served any more. */
  closed(): Promise<void>;
}

export async function openPage({ socket, port }: DoorPlan, parts: AttendedParts): Promise<Page> {
  const stream = new EventStream();
  let state = eventText('state', null);
  const server = await startPageServer({
    socket,
    port,
    events(response) {
      const recent = parts.traffic?.recent(Date.now()).map(pageAnswer) ?? [];
      stream.open(response, state + eventText('answers', recent));
    },
    actions: Object.fromEntries([
      ...COMMANDS.map((command) => [`/commands/${command}`, () => tellCommand(parts, command)] as const),
      ...COLOURS.map((colour) => [`/colours/${colour}`, () => changeColour(parts, colour)] as const),
      ['/releases/bad', async () => (await releaseBadVersion(parts)) !== null] as const,
    ]),
  });
  const forget = parts.traffic?.onAnswer((answer) => stream.send(eventText('answers', [pageAnswer(answer)])));
  return {
    url: `http://127.0.0.1:${port}/`,
    show(scene: Scene) {
      const next = eventText('state', pageStateOf(scene));
      if (next !== state) stream.send(next);
      state = next;
    },
    tell: () => undefined,
    close() {
      forget?.();
      stream.close();
    },
    closed: () => server.close(),
  };
}
