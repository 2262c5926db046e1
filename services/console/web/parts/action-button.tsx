import type { ComponentChildren } from 'preact';
import { useContext, useId, useRef, useState } from 'preact/hooks';
import type { Action } from '../../core/actions.ts';
import { act, SessionContext } from '../session.ts';

/** What an action's button is made of. */
export interface ActionButtonProps {
  /** What the button says, and the title of its question. */
  readonly label: string;
  readonly action: Action;
  /** What will happen, before it does. */
  readonly children: ComponentChildren;
  /** Reasons that are offered; any other can be written. */
  readonly reasons: readonly string[];
  readonly isDangerous?: boolean;
  /** Why it can't be done now; '' when it can. */
  readonly refusedBecause?: string;
}

type Progress =
  | { readonly kind: 'asking' }
  | { readonly kind: 'acting' }
  | { readonly kind: 'failed'; readonly message: string };

/** A button that asks once, with a reason, and then acts. What came of it is said, and shown where it changes something. */
export function ActionButton(props: ActionButtonProps) {
  const { label, action, children, reasons, isDangerous = false, refusedBecause = '' } = props;
  const session = useContext(SessionContext);
  const dialog = useRef<HTMLDialogElement>(null);
  const [reason, setReason] = useState('');
  const [progress, setProgress] = useState<Progress>({ kind: 'asking' });
  const [done, setDone] = useState('');
  const id = useId();
  const why = session?.isReadOnly === true ? 'this console is read-only' : refusedBecause;
  const open = () => {
    setProgress({ kind: 'asking' });
    setReason('');
    setDone('');
    dialog.current?.showModal();
  };
  const confirm = async (event: Event) => {
    event.preventDefault();
    setProgress({ kind: 'acting' });
    try {
      const { text } = await act(action, reason);
      setDone(text);
      dialog.current?.close();
    } catch (error) {
      setProgress({ kind: 'failed', message: error instanceof Error ? error.message : `${error}` });
    }
  };
  return (
    <div class="action">
      <button
        type="button"
        class={isDangerous ? 'dangerous' : ''}
        aria-disabled={why !== ''}
        title={why}
        onClick={why === '' ? open : undefined}
      >
        {label}
        {why !== '' && <span class="hidden"> ({why})</span>}
      </button>
      <span class="done" role="status">
        {done}
      </span>
      <dialog ref={dialog} aria-labelledby={`${id}-title`}>
        <form onSubmit={confirm}>
          <h2 id={`${id}-title`}>{label}</h2>
          <div class="said">{children}</div>
          <label for={`${id}-reason`}>Why? It stays on record.</label>
          <input
            id={`${id}-reason`}
            list={`${id}-reasons`}
            required
            maxLength={500}
            autocomplete="off"
            value={reason}
            onInput={({ currentTarget }) => setReason(currentTarget.value)}
          />
          <datalist id={`${id}-reasons`}>
            {reasons.map((offered) => (
              <option key={offered} value={offered} />
            ))}
          </datalist>
          <div class="offers">
            {reasons.map((offered) => (
              <button key={offered} type="button" class="offer" onClick={() => setReason(offered)}>
                {offered}
              </button>
            ))}
          </div>
          <p class="problem" role="alert">
            {progress.kind === 'failed' ? progress.message : ''}
          </p>
          <div class="choices">
            <button type="button" onClick={() => dialog.current?.close()}>
              Cancel
            </button>
            <button
              type="submit"
              class={isDangerous ? 'dangerous solid' : 'solid'}
              disabled={progress.kind === 'acting'}
            >
              {progress.kind === 'acting' ? 'Working…' : label}
            </button>
          </div>
        </form>
      </dialog>
    </div>
  );
}
