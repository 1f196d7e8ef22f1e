/** `record`. */
import type { LiveRecord } from '../../clients/live-record.ts';
import type { Cluster } from '../../clients/cluster.ts';
import type { EndReason, Header } from '../../recording/format.ts';
import { VERSION } from '../../version.ts';
import { byteSize, byteSizeText } from '../byte-size.ts';
import { command, type Call } from '../command.ts';
import { CommandError } from '../errors.ts';

const OPTIONS = {
  output: {
    kind: 'text',
    letter: 'o',
    help: 'File to write, which must not be there yet; - is stdout. By default it is named after the rollout and the time.',
  },
  for: { kind: 'duration', help: 'How long to record, such as 30m. 0: until you press Ctrl-C.' },
  'until-done': {
    kind: 'switch',
    help: 'Stop once the update is over: Healthy without pods of earlier revisions, or Degraded. One that has not begun is waited for.',
  },
  'max-size': { kind: 'text', default: '64Mi', help: 'Stop before the file becomes larger.' },
  'max-entries': { kind: 'count', default: 10_000, help: 'Stop after so many looks. 0: never.' },
} as const;

type RecordCall = Call<typeof OPTIONS>;

export const record = command({
  path: ['record'],
  summary: 'Keep what a rollout goes through, and what is decided of it, in a file for replay',
  args: ['NAME'],
  names: 'rollouts',
  options: OPTIONS,
  examples: ['record web', 'record web -o web.jsonl --until-done', 'record web --for 1h --max-size 10Mi'],
  run: async (call) => {
    const { args, options, cluster } = call;
    const maxBytes = byteSize('max-size', options['max-size']);
    const { liveRecord } = await import('../../clients/live-record.ts');
    const connected = await cluster();
    const recorded = await liveRecord(connected, args[0] ?? '');
    try {
      await recordToFile(call, connected, recorded, maxBytes);
    } finally {
      await recorded.live.stop();
    }
  },
});

const ENDS: Readonly<Record<EndReason, string>> = {
  interrupted: 'you ended it',
  time: 'its time is over',
  done: 'the rollout is over',
  deleted: 'the rollout was deleted',
  size: 'it stopped, because --max-size is reached; what comes now is not recorded',
  entries: 'it stopped, because --max-entries is reached; what comes now is not recorded',
  failed: 'it failed',
};

async function recordToFile(
  { args, options, terminal }: RecordCall,
  cluster: Cluster,
  recorded: LiveRecord,
  maxBytes: number,
): Promise<void> {
  const [{ recordingFile }, { RecordingWriter }, { recordLive }] = await Promise.all([
    import('../recording-file.ts'),
    import('../../recording/recording-writer.ts'),
    import('../watch/record-live.ts'),
  ]);
  const [name = ''] = args;
  const file = recordingFile(options.output === '' ? fileName(name, terminal.now()) : options.output, terminal);
  try {
    const { write } = file;
    const header = await headerOf(name, cluster, recorded);
    const writer = new RecordingWriter({ write, maxBytes, maxLooks: options['max-entries'] }, header);
    terminal.note(`Recording rollout '${name}' in ${file.name}. Ctrl-C ends it.`);
    for (const one of recorded.notRead) terminal.note(`Note: not recorded: ${one}`);
    const [timeoutMs, untilDone] = [options.for, options['until-done']];
    const end = await recordLive({ cluster, terminal, recorded, writer, timeoutMs, untilDone });
    const looks = writer.looks === 1 ? '1 look' : `${writer.looks} looks`;
    terminal.note(`${file.name} has ${looks} (${byteSizeText(writer.bytes)}): ${ENDS[end]}.`);
    if (untilDone && end !== 'done') throw new CommandError(`rollout '${name}' is not over`);
  } finally {
    file.close();
  }
}

/** Without the characters that some file systems refuse. */
function fileName(name: string, now: number): string {
  return `${name}-${new Date(now).toISOString().replaceAll(/[-:]|\.\d+/g, '')}.jsonl`;
}

async function headerOf(name: string, { clock, namespace }: Cluster, { notRead }: LiveRecord): Promise<Header> {
  const [{ FORMAT, FORMAT_VERSION }, { formatTime }] = await Promise.all([
    import('../../recording/format.ts'),
    import('../../kube/time.ts'),
  ]);
  const at = formatTime(clock.now());
  return { format: FORMAT, version: FORMAT_VERSION, serin: VERSION, namespace, name, at, notRead: [...notRead] };
}
