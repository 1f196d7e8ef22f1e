/** `replay`. */
import type { Recording } from '../../recording/read-recording.ts';
import type { ReplayedLook } from '../../recording/replay.ts';
import { command, type Call } from '../command.ts';
import { CommandError, UsageError } from '../errors.ts';
import { line, painted } from '../print/text.ts';

const OPTIONS = {
  at: { kind: 'text', help: 'Show this look in full.' },
  output: { kind: 'text', letter: 'o', choices: ['json'], help: 'json: everything that is known.' },
  'no-color': { kind: 'switch', help: 'Print no colours.' },
} as const;

type ReplayCall = Call<typeof OPTIONS>;

export const replay = command({
  path: ['replay'],
  summary: 'Tell a recording decision by decision, as this version decides',
  args: ['FILE'],
  options: OPTIONS,
  examples: ['replay web.jsonl', 'replay web.jsonl --at 12', 'replay - < web.jsonl'],
  run: async (call) => {
    const { args, options, terminal } = call;
    const at = lookIn(options.at);
    const [{ readRecording, UnreadableRecording }, { replay: replayed }, { textOf }] = await Promise.all([
      import('../../recording/read-recording.ts'),
      import('../../recording/replay.ts'),
      import('../read-documents.ts'),
    ]);
    const [file = ''] = args;
    const text = file === '-' ? await terminal.readStdin() : await textOf(file);
    try {
      const recording = readRecording(text);
      if (at !== null && at > recording.looks.length)
        throw new CommandError(`${file} has no look ${at}: its last is ${recording.looks.length}`);
      await (options.output === 'json' ? printJson : printLines)(call, recording, replayed(recording), at);
    } catch (error) {
      if (!(error instanceof UnreadableRecording)) throw error;
      throw new CommandError(`${file} cannot be replayed: ${error.message}`, { cause: error });
    }
  },
});

/** `null`: all of them. */
function lookIn(text: string): number | null {
  if (text === '') return null;
  if (!/^[1-9]\d*$/.test(text)) throw new UsageError(`--at must be the number of a look, not ${JSON.stringify(text)}`);
  return Number(text);
}

/** Nothing is printed before all has been read: half of a broken file would look like a whole one. */
async function printLines(
  { options, terminal }: ReplayCall,
  recording: Recording,
  looks: Iterable<ReplayedLook>,
  at: number | null,
): Promise<void> {
  const { headLines, lookLines, wholeLook } = await import('../print/replay.ts');
  const beganAt = recording.looks[0]?.at ?? 0;
  const lines = [...headLines(recording)];
  let different = 0;
  for (const one of looks) {
    if (one.recordedWrites !== null) different += 1;
    if (at !== null && one.look !== at) continue;
    lines.push(line(), ...(at === null ? lookLines : wholeLook)(one, beganAt, recording.header.serin));
  }
  const colours = options['no-color'] ? 'none' : terminal.colours;
  for (const one of lines) terminal.print(painted(one, colours));
  if (different === 0) return;
  terminal.note(`Note: ${different} of ${recording.looks.length} decisions differ from those of the recorder.`);
}

function printJson(
  { terminal }: ReplayCall,
  { header, end }: Recording,
  looks: Iterable<ReplayedLook>,
  at: number | null,
): Promise<void> {
  const chosen = [...looks].filter(({ look }) => at === null || look === at);
  terminal.print(JSON.stringify({ ...header, end, looks: chosen }, null, 2));
  return Promise.resolve();
}
