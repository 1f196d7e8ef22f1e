/** A part of a screen under a heading. */
import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

interface PanelProps {
  readonly title: string;
  /** Beside the heading. */
  readonly note?: ComponentChildren;
  readonly kind?: string;
  readonly children: ComponentChildren;
}

export function Panel({ title, note, kind, children }: PanelProps) {
  const id = useId();
  return (
    <section class={kind === undefined ? 'panel' : `panel ${kind}`} aria-labelledby={id}>
      <header>
        <h2 id={id}>{title}</h2>
        {note === undefined ? null : <p class="note">{note}</p>}
      </header>
      {children}
    </section>
  );
}
