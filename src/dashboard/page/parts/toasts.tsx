/** The notes about what has been done; failures are read out at once. */
import { dismiss, toasts, type Toast } from '../browser/toasts.ts';
import { Icon } from './icon.tsx';

export function Toasts() {
  const of = (kind: Toast['kind']) => toasts.value.filter((one) => one.kind === kind);
  return (
    <div class="toasts">
      <div role="status">{of('done').map(Note)}</div>
      <div role="alert">{of('failed').map(Note)}</div>
    </div>
  );
}

function Note({ id, kind, text }: Toast) {
  return (
    <p key={id} class="toast" data-kind={kind}>
      <span>{text}</span>
      <button type="button" class="quiet" onClick={() => dismiss(id)}>
        <Icon name="close" />
        <span class="unseen">Dismiss</span>
      </button>
    </p>
  );
}
