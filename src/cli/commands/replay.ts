/** `replay`. */
import type { Recording } from '../../recording/read-recording.ts';
import type { ReplayedLook } from '../../recording/replay.ts';
import { command, type Call } from '../command.ts';
import { CommandError, UsageError } from '../errors.ts';
import { painted, type Line } from '../print/text.ts';

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
      await print(call, recording, [...replayed(recording)], at);
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

async function print(
  { options, terminal }: ReplayCall,
  recording: Recording,
  looks: readonly ReplayedLook[],
  at: number | null,
): Promise<void> {
  const chosen = at === null ? looks : looks.filter(({ look }) => look === at);
  if (options.output === 'json') {
    const { header, end } = recording;
    terminal.print(JSON.stringify({ ...header, end, looks: chosen }, null, 2));
    return;
  }
  const { headLines, lookLines, wholeLook } = await import('../print/replay.ts');
  const colours = options['no-color'] ? 'none' : terminal.colours;
  const show = (lines: readonly Line[]) => lines.forEach((one) => terminal.print(painted(one, colours)));
  const beganAt = looks[0]?.at ?? 0;
  show(headLines(recording));
  for (const one of chosen) {
    terminal.print('');
    show((at === null ? lookLines : wholeLook)(one, beganAt, recording.header.serin));
  }
  const different = looks.filter(({ recordedWrites }) => recordedWrites !== null).length;
  if (different === 0) return;
  terminal.note(`Note: ${different} of ${looks.length} decisions differ from those of the recorder.`);
}
