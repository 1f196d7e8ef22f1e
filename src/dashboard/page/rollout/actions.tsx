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
  const all = sharedReason(shown, commands);
  return (
    <div class="actions">
      <div class="buttons" role="group" aria-label="Commands">
        {shown.map((command) => (
          <Action key={command} command={command} view={view} commands={commands} />
        ))}
      </div>
      {all === '' ? null : <p class="note">{all}</p>}
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

/** Why nothing at all can be done, where that is one reason. */
function sharedReason(shown: readonly PlainCommand[], commands: readonly CommandChoice[]): string {
  const reasons = new Set(shown.map((command) => whyNot(commands, command)));
  const [only = ''] = reasons;
  return reasons.size === 1 ? only : '';
}

function Action({ command, view, commands }: ActionsProps & { readonly command: PlainCommand }) {
  const { label, sentence, danger } = COMMAND_WORDS[command];
  const { namespace, name } = view;
  const kind = command === 'promote' ? 'primary' : danger ? 'danger' : undefined;
  return (
    <ChoiceButton
      why={whyNot(commands, command)}
      {...(kind === undefined ? {} : { kind })}
      onChoose={() =>
        ask({
          title: `${label}: ${name}?`,
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
