/** What a person can do with the Rollout as a whole. What cannot be done now says why. */
import type { CommandChoice, RolloutEvent } from '../../wire.ts';
import { ask } from '../parts/confirmation.tsx';
import { ChoiceButton } from '../parts/choice-button.tsx';
import { give, kubectlText, whyNot } from '../parts/command.ts';
import { COMMAND_WORDS, type PlainCommand } from './command-words.ts';

type ActionsProps = Pick<RolloutEvent, 'view' | 'commands'>;

export function Actions({ view, commands }: ActionsProps) {
  const offered = commands.flatMap(({ command }) => (isPlain(command) ? [command] : []));
  const shown = offered.filter((command) => isShown(command, commands));
  const reasons = nothingPossible(shown, commands);
  return (
    <div class="actions">
      <div class="buttons" role="group" aria-label="Commands">
        {shown.map((command) => (
          <Action key={command} command={command} view={view} commands={commands} />
        ))}
      </div>
      {reasons === '' ? null : <p class="note">{reasons}</p>}
    </div>
  );
}

function isPlain(command: CommandChoice['command']): command is PlainCommand {
  return command in COMMAND_WORDS;
}

/** Of two opposites only one can be possible. */
function isShown(command: PlainCommand, commands: readonly CommandChoice[]): boolean {
  const isPossible = (one: PlainCommand) => commands.some((choice) => choice.command === one && choice.possible);
  return command === 'resume' ? isPossible('resume') : command !== 'pause' || !isPossible('resume');
}

/** Why nothing at all can be done, for all to see; '' when something can. */
function nothingPossible(shown: readonly PlainCommand[], commands: readonly CommandChoice[]): string {
  const reasons = new Set(shown.map((command) => whyNot(commands, command)));
  return reasons.has('') ? '' : [...reasons].join(' ');
}

function Action({ command, view, commands }: ActionsProps & { readonly command: PlainCommand }) {
  const { label, question, sentence, danger } = COMMAND_WORDS[command];
  const { namespace, name, explanation } = view;
  // The usual way on stands out, unless time or the cluster goes on by itself.
  const isUsual = explanation.remedies[0] === command && explanation.state !== 'progressing';
  const kind = danger ? 'danger' : isUsual ? 'primary' : undefined;
  return (
    <ChoiceButton
      why={whyNot(commands, command)}
      {...(kind === undefined ? {} : { kind })}
      onChoose={() =>
        ask({
          title: question(name),
          sentence,
          kubectl: kubectlText(commands, command),
          act: label,
          danger,
          run: () => give(namespace, name, { command }),
        })
      }
    >
      {label}
    </ChoiceButton>
  );
}
