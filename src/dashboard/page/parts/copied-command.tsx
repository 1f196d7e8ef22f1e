/** A command for a shell, to read and to copy. */
import { useState } from 'preact/hooks';
import { Icon } from './icon.tsx';

const SHOWN_MS = 2000;

export function CopiedCommand({ command }: { readonly command: string }) {
  const [isCopied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(command);
    setCopied(true);
    setTimeout(() => setCopied(false), SHOWN_MS);
  };
  // Browsers have a clipboard for pages from loopback and over TLS only.
  const canCopy = 'clipboard' in navigator;
  return (
    <div class="command">
      <code tabIndex={0}>{command}</code>
      {canCopy ? (
        <button type="button" class="quiet" onClick={() => void copy()}>
          <Icon name={isCopied ? 'done' : 'copy'} />
          <span class="unseen">{isCopied ? 'Copied' : 'Copy the command'}</span>
        </button>
      ) : null}
    </div>
  );
}
